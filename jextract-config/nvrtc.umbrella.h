/* All that nvrtc.symbols names is declared here. */
#include <nvrtc.h>
