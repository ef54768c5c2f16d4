/* All that cuda.symbols names is declared here. */
#include <cuda.h>

/*
 * CUlaunchAttribute as jextract can name it: the value is a union with members that have no name,
 * from whose place jextract makes names that are not Java.
 */
struct GatunLaunchAttribute {
  CUlaunchAttributeID id;
  unsigned int padding;
  unsigned long long value[8];
};

_Static_assert(sizeof(struct GatunLaunchAttribute) == sizeof(CUlaunchAttribute), "size");
_Static_assert(__builtin_offsetof(struct GatunLaunchAttribute, value) ==
                   __builtin_offsetof(CUlaunchAttribute, value),
               "offset of the value");
