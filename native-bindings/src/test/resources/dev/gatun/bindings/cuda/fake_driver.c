/*
 * A driver without a device, for tests of the handles: its memory is the host's, its streams do
 * their work at once, and it counts what is open and checks what the real one needs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NO_BINARY = 209, NO_CONTEXT = 201,
       NOT_FOUND = 500, NOT_READY = 600, ILLEGAL_ADDRESS = 700 };

#define CURRENT if (depth == 0) return NO_CONTEXT

static __thread void *stack[16];
static __thread int depth;
static int contexts[2];
static long live;
static long launches;
static void *capturing;

long fakeLive(void) { return live; }
long fakeLaunches(void) { return launches; }
long fakeDepth(void) { return depth; }
int fakeRetained(int device) { return contexts[device]; }

int cuInit(unsigned flags) { return SUCCESS; }
int cuDriverGetVersion(int *version) { *version = 13000; return SUCCESS; }
int cuDeviceGetCount(int *count) { *count = 2; return SUCCESS; }
int cuDeviceGet(int *device, int ordinal) { *device = ordinal; return SUCCESS; }
int cuDeviceGetName(char *name, int length, int device) {
  snprintf(name, length, "Fake %d", device);
  return SUCCESS;
}
int cuDeviceGetUuid_v2(char *uuid, int device) { memset(uuid, device + 1, 16); return SUCCESS; }
int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = 1ul << 40; return SUCCESS; }
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  *value = attribute == 75 ? 9 : attribute == 76 ? 0 : attribute;
  return attribute > 0 ? SUCCESS : INVALID_VALUE;
}
int cuGetErrorName(int error, const char **name) {
  switch (error) {
    case OUT_OF_MEMORY: *name = "CUDA_ERROR_OUT_OF_MEMORY"; return SUCCESS;
    case NO_BINARY: *name = "CUDA_ERROR_NO_BINARY_FOR_GPU"; return SUCCESS;
    case NOT_FOUND: *name = "CUDA_ERROR_NOT_FOUND"; return SUCCESS;
    case ILLEGAL_ADDRESS: *name = "CUDA_ERROR_ILLEGAL_ADDRESS"; return SUCCESS;
    default: *name = 0; return INVALID_VALUE;
  }
}
int cuGetErrorString(int error, const char **text) {
  *text = error == OUT_OF_MEMORY ? "out of memory" : 0;
  return *text ? SUCCESS : INVALID_VALUE;
}

int cuDevicePrimaryCtxRetain(void **context, int device) {
  contexts[device]++;
  *context = &contexts[device];
  return SUCCESS;
}
int cuDevicePrimaryCtxRelease_v2(int device) { contexts[device]--; return SUCCESS; }
int cuCtxPushCurrent_v2(void *context) { stack[depth++] = context; return SUCCESS; }
int cuCtxPopCurrent_v2(void **context) {
  CURRENT;
  depth--;
  if (context) *context = stack[depth];
  return SUCCESS;
}
int cuCtxSynchronize(void) { CURRENT; return SUCCESS; }
int cuMemGetInfo_v2(size_t *free_, size_t *total) {
  CURRENT;
  *free_ = 1000;
  *total = 2000;
  return SUCCESS;
}

static int make(void **handle) { CURRENT; *handle = malloc(64); live++; return SUCCESS; }
static int destroy(void *handle) { CURRENT; free(handle); live--; return SUCCESS; }

int cuStreamCreate(void **stream, unsigned flags) { return flags == 1 ? make(stream) : INVALID_VALUE; }
int cuStreamDestroy_v2(void *stream) { return destroy(stream); }
int cuStreamSynchronize(void *stream) { CURRENT; return SUCCESS; }
int cuStreamQuery(void *stream) { CURRENT; return NOT_READY; }
int cuStreamWaitEvent(void *stream, void *event, unsigned flags) { CURRENT; return SUCCESS; }
int cuStreamBeginCapture_v2(void *stream, int mode) { CURRENT; capturing = stream; return SUCCESS; }
int cuStreamEndCapture(void *stream, void **graph) {
  if (capturing != stream) return INVALID_VALUE;
  capturing = 0;
  return make(graph);
}
int cuEventCreate(void **event, unsigned flags) { return make(event); }
int cuEventDestroy_v2(void *event) { return destroy(event); }
int cuEventRecord(void *event, void *stream) { CURRENT; return SUCCESS; }
int cuEventSynchronize(void *event) { CURRENT; return ILLEGAL_ADDRESS; }
int cuEventQuery(void *event) { CURRENT; return SUCCESS; }
int cuEventElapsedTime(float *milliseconds, void *begin, void *end) {
  CURRENT;
  *milliseconds = 1.5f;
  return SUCCESS;
}

int cuGraphDestroy(void *graph) { return destroy(graph); }
int cuGraphExecDestroy(void *graph) { return destroy(graph); }
int cuGraphGetNodes(void *graph, void *nodes, size_t *count) { CURRENT; *count = 3; return SUCCESS; }
int cuGraphInstantiateWithFlags(void **executable, void *graph, unsigned long long flags) {
  return make(executable);
}
int cuGraphLaunch(void *executable, void *stream) { CURRENT; launches++; return SUCCESS; }

int cuMemAllocAsync(unsigned long long *pointer, size_t bytes, void *stream) {
  CURRENT;
  if (bytes > 1ul << 30) return OUT_OF_MEMORY;
  *pointer = (unsigned long long)malloc(bytes);
  live++;
  return SUCCESS;
}
int cuMemFreeAsync(unsigned long long pointer, void *stream) { return destroy((void *)pointer); }
int cuMemHostAlloc(void **pointer, size_t bytes, unsigned flags) {
  CURRENT;
  *pointer = malloc(bytes);
  live++;
  return SUCCESS;
}
int cuMemFreeHost(void *pointer) { return destroy(pointer); }
int cuMemcpyHtoDAsync_v2(unsigned long long to, void *from, size_t bytes, void *stream) {
  CURRENT;
  memcpy((void *)to, from, bytes);
  return SUCCESS;
}
int cuMemcpyDtoHAsync_v2(void *to, unsigned long long from, size_t bytes, void *stream) {
  CURRENT;
  memcpy(to, (void *)from, bytes);
  return SUCCESS;
}
int cuMemcpyDtoDAsync_v2(unsigned long long to, unsigned long long from, size_t bytes, void *s) {
  CURRENT;
  memcpy((void *)to, (void *)from, bytes);
  return SUCCESS;
}
int cuMemsetD8Async(unsigned long long to, unsigned char value, size_t bytes, void *stream) {
  CURRENT;
  memset((void *)to, value, bytes);
  return SUCCESS;
}

/* An image that begins with '!' does not load, and the log says why. */
int cuModuleLoadDataEx(void **module, const char *image, unsigned n, int *options, void **values) {
  if (*image == '!') {
    snprintf(values[0], (size_t)values[1], "line 1: %s", image);
    return NO_BINARY;
  }
  return make(module);
}
int cuModuleUnload(void *module) { return destroy(module); }
int cuModuleGetFunction(void **function, void *module, const char *name) {
  CURRENT;
  *function = (void *)1;
  return strcmp(name, "absent") ? SUCCESS : NOT_FOUND;
}
int cuLaunchKernel(void *f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                   unsigned bz, unsigned shared, void *stream, void **arguments, void **extra) {
  CURRENT;
  if (bx > 1024) return INVALID_VALUE;
  launches += *(int *)arguments[0];
  return SUCCESS;
}
int cuFuncGetAttribute(int *value, int attribute, void *function) {
  CURRENT;
  *value = attribute + 40;
  return SUCCESS;
}
int cuFuncSetAttribute(void *function, int attribute, int value) { CURRENT; return SUCCESS; }
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *n, void *f, int threads, size_t shared) {
  CURRENT;
  *n = 2048 / threads;
  return SUCCESS;
}
