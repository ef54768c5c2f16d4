/*
 * A driver without a device, for tests: two devices whose memory is the host's, whose streams do their
 * work at once, and whose modules are shared objects of the host with the function NAME__on_host for
 * each kernel NAME. Checks what the real driver checks: the current context, the device that streams
 * and functions belong to, the limits of a launch, sizes and bounds of copies.
 *
 * Beyond the driver: emulated_live() counts what is open, emulated_launches() launches, and
 * emulated_fail(status) has the next wait fail, as work on a device may.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
  SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, INVALID_DEVICE = 101, INVALID_IMAGE = 200,
  INVALID_CONTEXT = 201, INVALID_HANDLE = 400, NOT_FOUND = 500, ILLEGAL_ADDRESS = 700,
  NOT_SUPPORTED = 801
};

enum { DEVICES = 2, DEPTH = 16 };

#define TOTAL_BYTES (1ul << 30)

typedef unsigned long long address_t;
typedef void (*on_host_t)(unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                          void **);

struct device { int ordinal; int retained; size_t used; };
struct handle { struct device *device; struct timespec time; void *library; };
struct function { struct device *device; on_host_t run; };
struct piece { struct piece *next; struct device *device; address_t start; size_t bytes; };

static struct device devices[DEVICES] = {{0}, {1}};
static __thread struct device *stack[DEPTH];
static __thread int depth;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct piece *pieces;
static long live;
static long launches;
static int failure;

#define CURRENT if (depth == 0) return INVALID_CONTEXT
#define HERE stack[depth - 1]
#define CHECK_STREAM(s) CURRENT; if (!(s) || ((struct handle *)(s))->device != HERE) return INVALID_HANDLE

long emulated_live(void) { return live; }
long emulated_launches(void) { return launches; }
void emulated_fail(int status) { failure = status; }

static void *locked(void) { pthread_mutex_lock(&lock); return 0; }
static int unlocked(int status) { pthread_mutex_unlock(&lock); return status; }

static int pending_failure(void) {
  int status = failure;
  failure = 0;
  return status;
}

/* ---- start, devices, errors */

int cuInit(unsigned flags) { return SUCCESS; }
int cuDriverGetVersion(int *version) { *version = 13000; return SUCCESS; }
int cuDeviceGetCount(int *count) { *count = DEVICES; return SUCCESS; }
int cuDeviceGet(int *device, int ordinal) { *device = ordinal; return SUCCESS; }
int cuDeviceGetName(char *name, int length, int device) {
  snprintf(name, length, "Emulation %d", device);
  return SUCCESS;
}
int cuDeviceGetUuid_v2(char *uuid, int device) { memset(uuid, device + 1, 16); return SUCCESS; }
int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = TOTAL_BYTES; return SUCCESS; }
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  switch (attribute) {
    case 1: *value = 1024; break;       /* threads in a block */
    case 8: *value = 48 << 10; break;   /* shared memory of a block */
    case 10: *value = 32; break;        /* threads in a warp */
    case 16: *value = 4; break;         /* multiprocessors */
    case 39: *value = 2048; break;      /* threads on a multiprocessor */
    case 75: *value = 9; break;         /* compute capability */
    case 76: *value = 0; break;
    case 97: *value = 227 << 10; break; /* shared memory of a block that asks for it */
    default: *value = 1;
  }
  return SUCCESS;
}
int cuGetErrorName(int error, const char **name) {
  switch (error) {
    case INVALID_VALUE: *name = "CUDA_ERROR_INVALID_VALUE"; return SUCCESS;
    case OUT_OF_MEMORY: *name = "CUDA_ERROR_OUT_OF_MEMORY"; return SUCCESS;
    case INVALID_CONTEXT: *name = "CUDA_ERROR_INVALID_CONTEXT"; return SUCCESS;
    case INVALID_HANDLE: *name = "CUDA_ERROR_INVALID_HANDLE"; return SUCCESS;
    case NOT_FOUND: *name = "CUDA_ERROR_NOT_FOUND"; return SUCCESS;
    case ILLEGAL_ADDRESS: *name = "CUDA_ERROR_ILLEGAL_ADDRESS"; return SUCCESS;
    default: *name = 0; return INVALID_VALUE;
  }
}
int cuGetErrorString(int error, const char **text) { return cuGetErrorName(error, text); }

/* ---- contexts */

int cuDevicePrimaryCtxRetain(void **context, int device) {
  if (device < 0 || device >= DEVICES) return INVALID_DEVICE;
  devices[device].retained++;
  *context = &devices[device];
  return SUCCESS;
}
int cuDevicePrimaryCtxRelease_v2(int device) { devices[device].retained--; return SUCCESS; }
int cuCtxPushCurrent_v2(void *context) {
  if (depth == DEPTH) return INVALID_CONTEXT;
  stack[depth++] = context;
  return SUCCESS;
}
int cuCtxPopCurrent_v2(void **context) {
  CURRENT;
  depth--;
  if (context) *context = stack[depth];
  return SUCCESS;
}
int cuCtxSynchronize(void) { CURRENT; return pending_failure(); }
int cuMemGetInfo_v2(size_t *free_, size_t *total) {
  CURRENT;
  *free_ = TOTAL_BYTES - HERE->used;
  *total = TOTAL_BYTES;
  return SUCCESS;
}

/* ---- streams and events */

static int make(void **out) {
  CURRENT;
  struct handle *handle = calloc(1, sizeof *handle);
  handle->device = HERE;
  *out = handle;
  __atomic_add_fetch(&live, 1, __ATOMIC_RELAXED);
  return SUCCESS;
}
static int destroy(void *handle) {
  CURRENT;
  free(handle);
  __atomic_sub_fetch(&live, 1, __ATOMIC_RELAXED);
  return SUCCESS;
}

int cuStreamCreate(void **stream, unsigned flags) { return make(stream); }
int cuStreamDestroy_v2(void *stream) { CHECK_STREAM(stream); return destroy(stream); }
int cuStreamSynchronize(void *stream) { CHECK_STREAM(stream); return pending_failure(); }
int cuStreamQuery(void *stream) { CHECK_STREAM(stream); return SUCCESS; }
int cuStreamWaitEvent(void *stream, void *event, unsigned flags) {
  CHECK_STREAM(stream);
  return event ? SUCCESS : INVALID_HANDLE;
}
int cuStreamBeginCapture_v2(void *stream, int mode) { return NOT_SUPPORTED; }
int cuStreamEndCapture(void *stream, void **graph) { return NOT_SUPPORTED; }
int cuEventCreate(void **event, unsigned flags) { return make(event); }
int cuEventDestroy_v2(void *event) { return destroy(event); }
int cuEventRecord(void *event, void *stream) {
  CHECK_STREAM(stream);
  struct handle *handle = event;
  if (handle->device != HERE) return INVALID_HANDLE;
  clock_gettime(CLOCK_MONOTONIC, &handle->time);
  return SUCCESS;
}
int cuEventSynchronize(void *event) { CURRENT; return pending_failure(); }
int cuEventQuery(void *event) { CURRENT; return SUCCESS; }
int cuEventElapsedTime(float *milliseconds, void *begin, void *end) {
  CURRENT;
  struct handle *a = begin, *b = end;
  *milliseconds = (float)((b->time.tv_sec - a->time.tv_sec) * 1e3
      + (b->time.tv_nsec - a->time.tv_nsec) * 1e-6);
  return SUCCESS;
}

int cuGraphDestroy(void *graph) { return NOT_SUPPORTED; }
int cuGraphExecDestroy(void *graph) { return NOT_SUPPORTED; }
int cuGraphGetNodes(void *graph, void *nodes, size_t *count) { return NOT_SUPPORTED; }
int cuGraphInstantiateWithFlags(void **out, void *graph, unsigned long long flags) {
  return NOT_SUPPORTED;
}
int cuGraphLaunch(void *executable, void *stream) { return NOT_SUPPORTED; }

/* ---- memory */

int cuMemAllocAsync(address_t *pointer, size_t bytes, void *stream) {
  CHECK_STREAM(stream);
  locked();
  if (bytes == 0) return unlocked(INVALID_VALUE);
  if (bytes > TOTAL_BYTES - HERE->used) return unlocked(OUT_OF_MEMORY);
  void *memory = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return unlocked(OUT_OF_MEMORY);
  /* What nobody has written is not zero. */
  memset(memory, 0xa5, bytes < (64ul << 20) ? bytes : 0);
  struct piece *piece = malloc(sizeof *piece);
  *piece = (struct piece){pieces, HERE, (address_t)memory, bytes};
  pieces = piece;
  HERE->used += bytes;
  *pointer = (address_t)memory;
  live++;
  return unlocked(SUCCESS);
}
int cuMemFreeAsync(address_t pointer, void *stream) {
  CHECK_STREAM(stream);
  locked();
  for (struct piece **at = &pieces; *at; at = &(*at)->next) {
    struct piece *piece = *at;
    if (piece->start == pointer) {
      *at = piece->next;
      piece->device->used -= piece->bytes;
      munmap((void *)pointer, piece->bytes);
      free(piece);
      live--;
      return unlocked(SUCCESS);
    }
  }
  return unlocked(INVALID_VALUE);
}
int cuMemHostAlloc(void **pointer, size_t bytes, unsigned flags) {
  CURRENT;
  *pointer = malloc(bytes);
  __atomic_add_fetch(&live, 1, __ATOMIC_RELAXED);
  return SUCCESS;
}
int cuMemFreeHost(void *pointer) { return destroy(pointer); }

/* Whether bytes lie within one piece of the current device. */
static int on_device(address_t start, size_t bytes) {
  locked();
  for (struct piece *piece = pieces; piece; piece = piece->next) {
    if (piece->device == HERE && start >= piece->start
        && start + bytes <= piece->start + piece->bytes) {
      return unlocked(1);
    }
  }
  return unlocked(0);
}

int cuMemcpyHtoDAsync_v2(address_t to, void *from, size_t bytes, void *stream) {
  CHECK_STREAM(stream);
  if (!on_device(to, bytes) || on_device((address_t)from, 1)) return INVALID_VALUE;
  memcpy((void *)to, from, bytes);
  return SUCCESS;
}
int cuMemcpyDtoHAsync_v2(void *to, address_t from, size_t bytes, void *stream) {
  CHECK_STREAM(stream);
  if (!on_device(from, bytes) || on_device((address_t)to, 1)) return INVALID_VALUE;
  memcpy(to, (void *)from, bytes);
  return SUCCESS;
}
int cuMemcpyDtoDAsync_v2(address_t to, address_t from, size_t bytes, void *stream) {
  CHECK_STREAM(stream);
  if (!on_device(to, bytes) || !on_device(from, bytes)) return INVALID_VALUE;
  memcpy((void *)to, (void *)from, bytes);
  return SUCCESS;
}
int cuMemsetD8Async(address_t to, unsigned char value, size_t bytes, void *stream) {
  CHECK_STREAM(stream);
  if (!on_device(to, bytes)) return INVALID_VALUE;
  memset((void *)to, value, bytes);
  return SUCCESS;
}

/* ---- modules and launches */

/* The size of a shared object: its section headers come last. */
static size_t image_size(const unsigned char *image) {
  uint64_t sections;
  uint16_t size, count;
  if (memcmp(image, "\177ELF", 4)) return 0;
  memcpy(&sections, image + 0x28, sizeof sections);
  memcpy(&size, image + 0x3a, sizeof size);
  memcpy(&count, image + 0x3c, sizeof count);
  return sections + (size_t)size * count;
}

int cuModuleLoadDataEx(void **module, const void *image, unsigned n, int *options, void **values) {
  CURRENT;
  char path[64];
  size_t size = image_size(image);
  int file = memfd_create("kernels", 0);
  if (size == 0 || file < 0 || write(file, image, size) != (ssize_t)size) return INVALID_IMAGE;
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  /* The file stays open: the loader takes two files of one name for one. */
  if (!library) {
    snprintf(values[0], (size_t)values[1], "%s", dlerror());
    return INVALID_IMAGE;
  }
  int status = make(module);
  ((struct handle *)*module)->library = library;
  return status;
}
int cuModuleUnload(void *module) { return destroy(module); }
int cuModuleGetFunction(void **out, void *module, const char *name) {
  CURRENT;
  char symbol[512];
  snprintf(symbol, sizeof symbol, "%s__on_host", name);
  void *run = dlsym(((struct handle *)module)->library, symbol);
  if (!run) return NOT_FOUND;
  struct function *function = malloc(sizeof *function);
  function->device = HERE;
  function->run = (on_host_t)run;
  *out = function;
  return SUCCESS;
}
int cuLaunchKernel(void *kernel, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                   unsigned bz, unsigned shared, void *stream, void **arguments, void **extra) {
  CHECK_STREAM(stream);
  struct function *function = kernel;
  if (function->device != HERE) return INVALID_HANDLE;
  if (!gx || !gy || !gz || !bx || !by || !bz || gx > 0x7fffffff || gy > 65535 || gz > 65535
      || (unsigned long long)bx * by * bz > 1024 || bz > 64 || shared > (227 << 10)) {
    return INVALID_VALUE;
  }
  locked();
  launches++;
  function->run(gx, gy, gz, bx, by, bz, shared, arguments);
  return unlocked(SUCCESS);
}
int cuFuncGetAttribute(int *value, int attribute, void *function) {
  CURRENT;
  *value = attribute == 0 ? 1024 : 0;
  return SUCCESS;
}
int cuFuncSetAttribute(void *function, int attribute, int value) { CURRENT; return SUCCESS; }
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *n, void *f, int threads, size_t shared) {
  CURRENT;
  *n = 2048 / threads;
  return SUCCESS;
}
