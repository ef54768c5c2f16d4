/*
 * A driver without a device, for tests: three devices whose memory is the host's, and whose modules are
 * shared objects of the host with the function NAME__on_host for each kernel NAME. Checks what the
 * real driver checks: the current context, the device that streams and functions belong to, the
 * limits of a launch, sizes and bounds of copies.
 *
 * Streams do their work at once, unless emulated_order says otherwise: LATE has each stream begin
 * when somebody waits for it, or for an event that comes after, and then do no more than that; with
 * OTHERS_FIRST all other streams do what they have before, as far as events allow. Work that is not
 * ordered by events so comes as late, or as early, as a device might do it.
 *
 * Beyond the driver: emulated_call(stream, function, data, bytes) has a stream call a function of an
 * emulated library, emulated_live() counts what is open, emulated_launches() launches,
 * emulated_fail(status) has the next wait fail, as work on a device may,
 * emulated_refuse(call, status) the next call of that name, and emulated_lose(device, status) all
 * calls of a device from now on.
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
  NOT_READY = 600, NOT_SUPPORTED = 801, NOT_CAPTURABLE = 900, CAPTURE_FAILED = 901
};

enum { AT_ONCE = 0, LATE = 1, OTHERS_FIRST = 2 };

enum { DEVICES = 3, DEPTH = 16 };

#define TOTAL_BYTES (1ul << 30)

typedef unsigned long long address_t;
typedef void (*on_host_t)(unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                          void **);

struct device { int ordinal; int retained; size_t used; int lost; };
struct handle { struct device *device; struct timespec time; void *library; };
struct function { struct device *device; on_host_t run; const unsigned *sizes; };

/* How often an event has been recorded, and how many of these records have been reached. It outlives
 * its handle: streams may still be on their way to it. */
struct event { struct handle handle; struct stream *stream; long recorded; long reached; };

/* Something that a stream is to do. */
struct work {
  struct work *next;
  enum { KERNEL, CALL, COPY, FILL, RECORD, WAIT, RELEASE } kind;
  struct function *function;
  void (*call)(void *);
  unsigned grid[7];
  void **arguments;
  int keeps_arguments; /* they belong to a graph */
  void *to, *from;
  size_t bytes;
  int value;
  struct event *event;
  long record;
};
struct stream {
  struct handle handle;
  struct stream *next;
  struct work *first, **last;
  struct graph *capturing;
};

/* What was captured; shared by the graph and what was made of it. */
struct graph { struct handle handle; struct work *works; long count, room; int broken, users; };
struct executable { struct handle handle; struct graph *graph; };
struct piece { struct piece *next; struct device *device; address_t start; size_t bytes; };

static struct device devices[DEVICES] = {{0}, {1}, {2}};
static __thread struct device *stack[DEPTH];
static __thread int depth;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct piece *pieces;
static long live;
static long launches;
static long graph_launches;
static int failure;
static int order;
static struct stream *streams;
static const char *refused;
static int refusal;

#define CURRENT \
  if (depth == 0) return INVALID_CONTEXT; \
  if (stack[depth - 1]->lost) return stack[depth - 1]->lost
#define HERE stack[depth - 1]
/* A call that a stream does not take while it captures; it spoils the capture. */
#define NOT_CAPTURED(s) \
  if (((struct stream *)(s))->capturing) { \
    ((struct stream *)(s))->capturing->broken = 1; \
    return NOT_CAPTURABLE; \
  }
#define CHECK_STREAM(s) CURRENT; if (!(s) || ((struct handle *)(s))->device != HERE) return INVALID_HANDLE

long emulated_live(void) { return live; }
long emulated_launches(void) { return launches; }
long emulated_graph_launches(void) { return graph_launches; }
void emulated_fail(int status) { failure = status; }
void emulated_refuse(const char *call, int status) {
  refused = strdup(call);
  refusal = status;
}

/* Whether this call is the one that is to fail. */
static int is_refused(const char *call) {
  if (!refused || strcmp(refused, call)) return 0;
  refused = 0;
  return 1;
}
#define REFUSABLE if (is_refused(__func__)) return refusal

static void *locked(void) { pthread_mutex_lock(&lock); return 0; }
static int unlocked(int status) { pthread_mutex_unlock(&lock); return status; }

/* ---- what streams do, under the lock */

static void release(address_t pointer);

static void reach(struct event *event, long record);

static void perform(struct work *work) {
  switch (work->kind) {
    case KERNEL:
      work->function->run(work->grid[0], work->grid[1], work->grid[2], work->grid[3],
                          work->grid[4], work->grid[5], work->grid[6], work->arguments);
      break;
    case CALL: work->call(work->arguments); break;
    case COPY: memcpy(work->to, work->from, work->bytes); break;
    case FILL: memset(work->to, work->value, work->bytes); break;
    case RECORD:
      clock_gettime(CLOCK_MONOTONIC, &work->event->handle.time);
      work->event->reached = work->record;
      break;
    case WAIT: reach(work->event, work->record); break;
    case RELEASE: release((address_t)work->to); break;
  }
}

/* Does the first thing that a stream has to do. */
static void step(struct stream *stream) {
  struct work *work = stream->first;
  perform(work);
  stream->first = work->next;
  if (!stream->first) stream->last = &stream->first;
  if (!work->keeps_arguments) free(work->arguments);
  free(work);
}

/* Has the stream that an event was recorded in come as far. What it waits for was put in before. */
static void reach(struct event *event, long record) {
  while (event->reached < record) step(event->stream);
}

static void others(struct stream *but) {
  for (struct stream *stream = streams; stream && order == OTHERS_FIRST; stream = stream->next) {
    while (stream != but && stream->first) step(stream);
  }
}

static void finish(struct stream *stream) {
  others(stream);
  while (stream->first) step(stream);
}

static void finish_all(void) {
  for (struct stream *stream = streams; stream; stream = stream->next) finish(stream);
}

/* Takes work for a stream, and does it where that is the order. */
static int put(struct stream *stream, struct work given) {
  struct graph *graph = stream->capturing;
  if (graph) {
    if (given.kind != KERNEL && given.kind != CALL && given.kind != COPY && given.kind != FILL) {
      graph->broken = 1;
      return NOT_CAPTURABLE;
    }
    if (graph->count == graph->room) {
      graph->room = 2 * graph->room + 8;
      graph->works = realloc(graph->works, graph->room * sizeof given);
    }
    given.keeps_arguments = 1;
    graph->works[graph->count++] = given;
    return SUCCESS;
  }
  struct work *work = malloc(sizeof *work);
  *work = given;
  work->next = 0;
  *stream->last = work;
  stream->last = &work->next;
  if (order == AT_ONCE) finish(stream);
  return SUCCESS;
}

/* Chooses when streams do their work; what they have is done first. */
void emulated_order(int chosen) {
  locked();
  finish_all();
  order = chosen;
  unlocked(0);
}

static int pending_failure(void) {
  int status = failure;
  failure = 0;
  return status;
}

void emulated_lose(int device, int status) {
  locked();
  finish_all();
  devices[device].lost = status;
  unlocked(0);
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
  if (depth == 0) return INVALID_CONTEXT;
  depth--;
  if (context) *context = stack[depth];
  /* What work failed with is told by whatever call comes next. */
  return stack[depth]->lost;
}
int cuCtxSynchronize(void) {
  CURRENT;
  locked();
  finish_all();
  return unlocked(pending_failure());
}
int cuMemGetInfo_v2(size_t *free_, size_t *total) {
  CURRENT;
  *free_ = TOTAL_BYTES - HERE->used;
  *total = TOTAL_BYTES;
  return SUCCESS;
}

/* ---- streams and events */

static int make_sized(void **out, size_t bytes) {
  CURRENT;
  struct handle *handle = calloc(1, bytes);
  handle->device = HERE;
  *out = handle;
  __atomic_add_fetch(&live, 1, __ATOMIC_RELAXED);
  return SUCCESS;
}
static int make(void **out) { return make_sized(out, sizeof(struct handle)); }
static int destroy(void *handle) {
  CURRENT;
  free(handle);
  __atomic_sub_fetch(&live, 1, __ATOMIC_RELAXED);
  return SUCCESS;
}

int cuStreamCreate(void **out, unsigned flags) {
  int status = make_sized(out, sizeof(struct stream));
  if (status) return status;
  locked();
  struct stream *stream = *out;
  stream->last = &stream->first;
  stream->next = streams;
  streams = stream;
  return unlocked(SUCCESS);
}
int cuStreamDestroy_v2(void *handle) {
  CHECK_STREAM(handle);
  locked();
  finish(handle);
  for (struct stream **at = &streams; *at; at = &(*at)->next) {
    if (*at == handle) {
      *at = (*at)->next;
      break;
    }
  }
  return unlocked(destroy(handle));
}
int cuStreamSynchronize(void *stream) {
  CHECK_STREAM(stream);
  NOT_CAPTURED(stream);
  REFUSABLE;
  locked();
  finish(stream);
  return unlocked(pending_failure());
}
int cuStreamQuery(void *stream) {
  CHECK_STREAM(stream);
  return ((struct stream *)stream)->first ? NOT_READY : SUCCESS;
}
int cuStreamWaitEvent(void *stream, void *handle, unsigned flags) {
  CHECK_STREAM(stream);
  REFUSABLE;
  struct event *event = handle;
  if (!event) return INVALID_HANDLE;
  locked();
  return unlocked(
      put(stream, (struct work){.kind = WAIT, .event = event, .record = event->recorded}));
}
int cuStreamBeginCapture_v2(void *stream, int mode) {
  CHECK_STREAM(stream);
  NOT_CAPTURED(stream);
  REFUSABLE;
  struct graph *graph;
  int status = make_sized((void **)&graph, sizeof *graph);
  graph->users = 1;
  ((struct stream *)stream)->capturing = graph;
  return status;
}
static int let_go(struct graph *graph) {
  if (--graph->users) return SUCCESS;
  for (long i = 0; i < graph->count; i++) free(graph->works[i].arguments);
  free(graph->works);
  free(graph);
  return SUCCESS;
}
int cuGraphDestroy(void *graph) {
  CURRENT;
  __atomic_sub_fetch(&live, 1, __ATOMIC_RELAXED);
  return let_go(graph);
}
int cuStreamEndCapture(void *stream, void **out) {
  CHECK_STREAM(stream);
  struct graph *graph = ((struct stream *)stream)->capturing;
  if (!graph) return INVALID_VALUE;
  ((struct stream *)stream)->capturing = 0;
  *out = graph->broken ? 0 : graph;
  if (!graph->broken) return SUCCESS;
  cuGraphDestroy(graph);
  return CAPTURE_FAILED;
}
int cuEventCreate(void **out, unsigned flags) { return make_sized(out, sizeof(struct event)); }
int cuEventDestroy_v2(void *event) {
  CURRENT;
  __atomic_sub_fetch(&live, 1, __ATOMIC_RELAXED);
  return SUCCESS;
}
int cuEventRecord(void *handle, void *stream) {
  CHECK_STREAM(stream);
  REFUSABLE;
  struct event *event = handle;
  if (event->handle.device != HERE) return INVALID_HANDLE;
  locked();
  if (event->stream && event->stream != stream) reach(event, event->recorded);
  event->stream = stream;
  long record = ++event->recorded;
  return unlocked(put(stream, (struct work){.kind = RECORD, .event = event, .record = record}));
}
int cuEventSynchronize(void *handle) {
  CURRENT;
  struct event *event = handle;
  locked();
  if (event->reached < event->recorded) others(event->stream);
  reach(event, event->recorded);
  return unlocked(pending_failure());
}
int cuEventQuery(void *handle) {
  CURRENT;
  REFUSABLE;
  struct event *event = handle;
  locked();
  return unlocked(event->reached < event->recorded ? NOT_READY : SUCCESS);
}
int cuEventElapsedTime(float *milliseconds, void *begin, void *end) {
  CURRENT;
  struct handle *a = begin, *b = end;
  *milliseconds = (float)((b->time.tv_sec - a->time.tv_sec) * 1e3
      + (b->time.tv_nsec - a->time.tv_nsec) * 1e-6);
  return SUCCESS;
}

int cuGraphExecDestroy(void *executable) {
  locked();
  finish_all();
  let_go(((struct executable *)executable)->graph);
  return unlocked(destroy(executable));
}
int cuGraphGetNodes(void *graph, void *nodes, size_t *count) {
  *count = ((struct graph *)graph)->count;
  return SUCCESS;
}
int cuGraphInstantiateWithFlags(void **out, void *graph, unsigned long long flags) {
  REFUSABLE;
  int status = make_sized(out, sizeof(struct executable));
  if (status) return status;
  ((struct executable *)*out)->graph = graph;
  ((struct graph *)graph)->users++;
  return SUCCESS;
}
int cuGraphLaunch(void *executable, void *stream) {
  CHECK_STREAM(stream);
  REFUSABLE;
  struct graph *graph = ((struct executable *)executable)->graph;
  locked();
  graph_launches++;
  for (long i = 0; i < graph->count; i++) put(stream, graph->works[i]);
  return unlocked(SUCCESS);
}

/* ---- memory */

int cuMemAllocAsync(address_t *pointer, size_t bytes, void *stream) {
  CHECK_STREAM(stream);
  NOT_CAPTURED(stream);
  REFUSABLE;
  locked();
  if (bytes == 0) return unlocked(INVALID_VALUE);
  /* What this stream frees before comes first. */
  if (bytes > TOTAL_BYTES - HERE->used) finish(stream);
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
/* Under the lock. */
static void release(address_t pointer) {
  for (struct piece **at = &pieces; *at; at = &(*at)->next) {
    struct piece *piece = *at;
    if (piece->start == pointer) {
      *at = piece->next;
      piece->device->used -= piece->bytes;
      munmap((void *)pointer, piece->bytes);
      free(piece);
      live--;
      return;
    }
  }
}
int cuMemFreeAsync(address_t pointer, void *stream) {
  CHECK_STREAM(stream);
  REFUSABLE;
  locked();
  for (struct piece *piece = pieces; piece; piece = piece->next) {
    if (piece->start == pointer) {
      return unlocked(put(stream, (struct work){.kind = RELEASE, .to = (void *)pointer}));
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
int cuMemFreeHost(void *pointer) {
  locked();
  finish_all();
  return unlocked(destroy(pointer));
}

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
  NOT_CAPTURED(stream);
  REFUSABLE;
  if (!on_device(to, bytes) || on_device((address_t)from, 1)) return INVALID_VALUE;
  locked();
  return unlocked(
      put(stream, (struct work){.kind = COPY, .to = (void *)to, .from = from, .bytes = bytes}));
}
int cuMemcpyDtoHAsync_v2(void *to, address_t from, size_t bytes, void *stream) {
  CHECK_STREAM(stream);
  NOT_CAPTURED(stream);
  REFUSABLE;
  if (!on_device(from, bytes) || on_device((address_t)to, 1)) return INVALID_VALUE;
  locked();
  return unlocked(
      put(stream, (struct work){.kind = COPY, .to = to, .from = (void *)from, .bytes = bytes}));
}
int cuMemcpyDtoDAsync_v2(address_t to, address_t from, size_t bytes, void *stream) {
  CHECK_STREAM(stream);
  REFUSABLE;
  if (!on_device(to, bytes) || !on_device(from, bytes)) return INVALID_VALUE;
  locked();
  return unlocked(put(
      stream, (struct work){.kind = COPY, .to = (void *)to, .from = (void *)from, .bytes = bytes}));
}
int cuMemsetD8Async(address_t to, unsigned char value, size_t bytes, void *stream) {
  CHECK_STREAM(stream);
  if (!on_device(to, bytes)) return INVALID_VALUE;
  locked();
  return unlocked(
      put(stream, (struct work){.kind = FILL, .to = (void *)to, .value = value, .bytes = bytes}));
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
  snprintf(symbol, sizeof symbol, "%s__sizes", name);
  const unsigned *sizes = dlsym(((struct handle *)module)->library, symbol);
  if (!run || !sizes) return NOT_FOUND;
  struct function *function = malloc(sizeof *function);
  function->device = HERE;
  function->run = (on_host_t)run;
  function->sizes = sizes;
  *out = function;
  return SUCCESS;
}
/* A copy of the arguments of a kernel, to be freed as one: the driver has read them at the launch. */
static void **copied(const unsigned *sizes, void **arguments) {
  unsigned count = sizes[0];
  size_t bytes = count * sizeof(void *), at = (bytes + 15) / 16 * 16;
  bytes = at;
  for (unsigned i = 0; i < count; i++) bytes += (sizes[1 + i] + 15) / 16 * 16;
  void **copy = aligned_alloc(16, bytes);
  for (unsigned i = 0; i < count; i++) {
    copy[i] = (char *)copy + at;
    memcpy(copy[i], arguments[i], sizes[1 + i]);
    at += (sizes[1 + i] + 15) / 16 * 16;
  }
  return copy;
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
  REFUSABLE;
  locked();
  launches++;
  return unlocked(put(
      stream,
      (struct work){.kind = KERNEL, .function = function, .grid = {gx, gy, gz, bx, by, bz, shared},
                    .arguments = copied(function->sizes, arguments)}));
}
int emulated_call(void *stream, void (*call)(void *), const void *data, size_t bytes) {
  CHECK_STREAM(stream);
  void *copy = malloc(bytes);
  memcpy(copy, data, bytes);
  locked();
  return unlocked(put(stream, (struct work){.kind = CALL, .call = call, .arguments = copy}));
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
