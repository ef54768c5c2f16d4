/*
 * cuDNN without a device, for tests: convolutions of float32, forward and without a bias, by the
 * graph API, on the emulated driver's memory and in the order of its streams. It knows no other.
 *
 * Beyond cuDNN: emulated_handles() counts handles that are open, emulated_plans() plans,
 * emulated_conflicts() how often two threads were in calls with one handle, or executed one plan,
 * emulated_too_late() how often a stream came to a convolution whose plan was closed, and
 * emulated_refuse_plans(status) has plans fail from now on, but for 0.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SUCCESS = 0, BAD_PARAM = 2000, NOT_SUPPORTED = 3000 };
enum { CONVOLUTION = 1, HEURISTIC = 4, PLAN = 5, FORWARD = 10, GRADIENT_W = 11, GRADIENT_X = 12,
       POINTWISE = 13, GRAPH = 15, PACK = 16, TENSOR = 17 };
enum { ATTRIBUTES = 12, LONGEST = 8 };

struct attribute { int name; int64_t count; int64_t values[LONGEST]; };
struct description { int64_t x[8], w[8], y[8], steps[2], padding[2], dilation[2]; };
struct descriptor {
  int type, attributes, open, busy;
  struct attribute attribute[ATTRIBUTES];
  struct description what;
};
struct handle { void *stream; int busy; };

static long handles, plans, conflicts, too_late;
static int refused;

long emulated_handles(void) { return __atomic_load_n(&handles, __ATOMIC_RELAXED); }
long emulated_plans(void) { return __atomic_load_n(&plans, __ATOMIC_RELAXED); }
long emulated_conflicts(void) { return conflicts; }
long emulated_too_late(void) { return too_late; }
void emulated_refuse_plans(int status) { refused = status; }

size_t cudnnGetVersion(void) { return 91900; }
size_t cudnnGetCudartVersion(void) { return 13000; }
const char *cudnnGetErrorString(int status) { return "CUDNN_STATUS_EMULATED"; }
void cudnnGetLastErrorString(char *text, size_t bytes) { strncpy(text, "emulated", bytes); }

int cudnnCreate(void **out) {
  *out = calloc(1, sizeof(struct handle));
  __atomic_add_fetch(&handles, 1, __ATOMIC_RELAXED);
  return SUCCESS;
}
int cudnnDestroy(void *handle) {
  __atomic_sub_fetch(&handles, 1, __ATOMIC_RELAXED);
  free(handle);
  return SUCCESS;
}
static void begin_one(int *busy) {
  if (__atomic_exchange_n(busy, 1, __ATOMIC_ACQ_REL)) {
    __atomic_add_fetch(&conflicts, 1, __ATOMIC_RELAXED);
  }
}
static void end_one(int *busy) { __atomic_store_n(busy, 0, __ATOMIC_RELEASE); }
static void begin(struct handle *handle) { begin_one(&handle->busy); }
static void end(struct handle *handle) { end_one(&handle->busy); }

int cudnnSetStream(void *handle, void *stream) {
  begin(handle);
  ((struct handle *)handle)->stream = stream;
  end(handle);
  return SUCCESS;
}

int cudnnBackendCreateDescriptor(int type, void **out) {
  struct descriptor *made = calloc(1, sizeof *made);
  made->type = type;
  made->open = 1;
  if (type == PLAN) __atomic_add_fetch(&plans, 1, __ATOMIC_RELAXED);
  *out = made;
  return SUCCESS;
}
int cudnnBackendDestroyDescriptor(void *descriptor) {
  struct descriptor *gone = descriptor;
  gone->open = 0;
  if (gone->type == PLAN) __atomic_sub_fetch(&plans, 1, __ATOMIC_RELAXED);
  /* What is closed too early is to be noticed: plans stay where they are. */
  if (gone->type != PLAN) free(gone);
  return SUCCESS;
}
static struct attribute *find(struct descriptor *in, int name) {
  for (int i = 0; i < in->attributes; i++) {
    if (in->attribute[i].name == name) return &in->attribute[i];
  }
  return 0;
}
int cudnnBackendSetAttribute(void *descriptor, int name, int type, int64_t count, const void *from) {
  static const int sizes[] = {8, 4, 1, 8, 4, 8, 8, 4, 4, 4, 4, 4, 4, 4, 4, 8};
  struct descriptor *to = descriptor;
  if (to->attributes == ATTRIBUTES || count > LONGEST) return NOT_SUPPORTED;
  struct attribute *attribute = &to->attribute[to->attributes++];
  int size = type < 16 ? sizes[type] : 4;
  attribute->name = name;
  attribute->count = count;
  for (int64_t i = 0; i < count; i++) memcpy(&attribute->values[i], (char *)from + i * size, size);
  return SUCCESS;
}
static struct descriptor *other(struct descriptor *in, int name) {
  struct attribute *attribute = find(in, name);
  return attribute ? (struct descriptor *)attribute->values[0] : 0;
}
int cudnnBackendGetAttribute(void *descriptor, int name, int type, int64_t room, int64_t *count,
                             void *to) {
  struct descriptor *from = descriptor;
  *count = 0;
  if (name == 202) { /* the results of a heuristic: one, of its graph */
    struct descriptor *result = ((struct descriptor **)to)[0];
    result->what = from->what;
    *count = 1;
  } else if (name == 402) { /* the workspace of a plan */
    *(int64_t *)to = 64;
    *count = 1;
  }
  return SUCCESS;
}

static void copy(int64_t *to, struct descriptor *from, int name, int64_t count) {
  memcpy(to, find(from, name)->values, count * sizeof *to);
}

int cudnnBackendFinalize(void *descriptor) {
  struct descriptor *done = descriptor;
  struct attribute *with = find(done, done->type == PLAN ? 400 : 800);
  switch (done->type) {
    case POINTWISE: case GRADIENT_W: case GRADIENT_X: return NOT_SUPPORTED;
    case TENSOR: return find(done, 901)->values[0] == 0 ? SUCCESS : NOT_SUPPORTED;
    case FORWARD: {
      struct descriptor *tensors[] = {other(done, 704), other(done, 703), other(done, 705)};
      int64_t *places[] = {done->what.x, done->what.w, done->what.y};
      for (int i = 0; i < 3; i++) {
        copy(places[i], tensors[i], 902, 4);
        copy(places[i] + 4, tensors[i], 903, 4);
      }
      copy(done->what.steps, other(done, 702), 103, 2);
      copy(done->what.padding, other(done, 702), 105, 2);
      copy(done->what.dilation, other(done, 702), 102, 2);
      return SUCCESS;
    }
    case GRAPH: done->what = other(done, 801)->what; break;
    case HEURISTIC: done->what = other(done, 201)->what; break;
    case PLAN:
      done->what = other(done, 401)->what;
      if (refused) return refused;
      break;
  }
  if (with) {
    begin((struct handle *)with->values[0]);
    usleep(200);
    end((struct handle *)with->values[0]);
  }
  return SUCCESS;
}

struct launch { struct descriptor *plan; const float *x, *w; float *y; };

static void compute(void *data) {
  const struct launch *launch = data;
  if (!launch->plan->open) {
    too_late++;
    return;
  }
  const struct description *p = &launch->plan->what;
  int64_t groups = p->x[1] / p->w[1];
  for (int64_t n = 0; n < p->y[0]; n++) for (int64_t o = 0; o < p->y[1]; o++)
  for (int64_t r = 0; r < p->y[2]; r++) for (int64_t q = 0; q < p->y[3]; q++) {
    float sum = 0;
    int64_t first = o / (p->y[1] / groups) * p->w[1];
    for (int64_t c = 0; c < p->w[1]; c++) for (int64_t i = 0; i < p->w[2]; i++)
    for (int64_t j = 0; j < p->w[3]; j++) {
      int64_t a = r * p->steps[0] + i * p->dilation[0] - p->padding[0];
      int64_t b = q * p->steps[1] + j * p->dilation[1] - p->padding[1];
      if (a >= 0 && a < p->x[2] && b >= 0 && b < p->x[3]) {
        sum += launch->x[n * p->x[4] + (first + c) * p->x[5] + a * p->x[6] + b * p->x[7]]
            * launch->w[o * p->w[4] + c * p->w[5] + i * p->w[6] + j * p->w[7]];
      }
    }
    launch->y[n * p->y[4] + o * p->y[5] + r * p->y[6] + q * p->y[7]] = sum;
  }
}

int cudnnBackendExecute(void *handle, void *plan, void *pack) {
  static int (*call)(void *, void (*)(void *), const void *, size_t);
  if (!call) {
    void *driver = dlopen(DRIVER, RTLD_NOW | RTLD_NOLOAD);
    call = driver ? dlsym(driver, "emulated_call") : 0;
  }
  struct attribute *ids = find(pack, 1000), *at = find(pack, 1001);
  struct launch launch = {.plan = plan};
  for (int i = 0; i < ids->count; i++) {
    void *place = (void *)at->values[i];
    switch (ids->values[i]) {
      case 'x': launch.x = place; break;
      case 'w': launch.w = place; break;
      case 'y': launch.y = place; break;
      default: return BAD_PARAM;
    }
  }
  if (!call || !find(pack, 1003)->values[0]) return BAD_PARAM;
  begin(handle);
  begin_one(&launch.plan->busy);
  usleep(100);
  int status = call(((struct handle *)handle)->stream, compute, &launch, sizeof launch);
  end_one(&launch.plan->busy);
  end(handle);
  return status ? BAD_PARAM : SUCCESS;
}
