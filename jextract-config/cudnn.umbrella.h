/* All that cudnn.symbols names is declared here. */
#include <cudnn.h>
