/* All that cublas.symbols names is declared here. */
#include <cublas_v2.h>
