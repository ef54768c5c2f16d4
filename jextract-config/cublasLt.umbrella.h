/* All that cublasLt.symbols names is declared here. */
#include <cublasLt.h>
