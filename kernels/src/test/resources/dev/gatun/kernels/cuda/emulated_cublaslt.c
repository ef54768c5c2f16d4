/*
 * cublasLt without a device, for tests: products of the emulated driver's memory, computed in the
 * order of its streams. Epilogues do what the library's documentation says of them; ReLU takes NaN
 * for 0, as fmaxf does. Checks what the library checks: distances and alignment of what epilogues
 * keep, sizes of attributes, that descriptors are there.
 *
 * Beyond cublasLt: emulated_products(epilogue) counts launches, emulated_descriptors() counts what is
 * open, emulated_decline(epilogue) has heuristics know no way for an epilogue, 0 for none, and
 * emulated_refuse_layout(status) has the next description of a matrix fail.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, INVALID_VALUE = 7, NOT_SUPPORTED = 15 };
enum { TYPE_FLOAT = 0, TYPE_DOUBLE = 1, TYPE_HALF = 2, TYPE_BFLOAT = 14 };
enum { ATTRIBUTES = 64 };

/* Attributes of products and layouts, by their numbers in the header. */
enum {
  COMPUTE_TYPE = 0, SCALE_TYPE = 1, TRANS_A = 3, TRANS_B = 4, EPILOGUE = 7, BIAS = 8, AUX = 11,
  AUX_LEADING = 12, AUX_STRIDE = 13
};
enum { TYPE = 0, ORDER = 1, ROWS = 2, COLUMNS = 3, LEADING = 4, BATCHES = 5, BATCH_STRIDE = 6 };

enum {
  RELU = 2, ADD_BIAS = 4, DRELU = 8, BGRAD = 16, GELU = 32, DGELU = 64, KEEP = 128, BGRAD_A = 256,
  BGRAD_B = 512
};

struct descriptor { int64_t values[ATTRIBUTES]; };

static long products[1024], descriptors, declined;
static int refused;

long emulated_products(int epilogue) { return products[epilogue]; }
long emulated_descriptors(void) { return __atomic_load_n(&descriptors, __ATOMIC_RELAXED); }
void emulated_decline(int epilogue) { declined = epilogue; }
void emulated_refuse_layout(int status) { refused = status; }

int cublasLtGetProperty(int type, int *value) { *value = type == 0 ? 13 : 0; return SUCCESS; }
const char *cublasLtGetStatusName(int status) { return "CUBLAS_STATUS_EMULATED"; }
const char *cublasLtGetStatusString(int status) { return "emulated"; }
int cublasLtCreate(void **handle) { *handle = malloc(1); return SUCCESS; }
int cublasLtDestroy(void *handle) { free(handle); return SUCCESS; }

static struct descriptor *make(void **out) {
  __atomic_add_fetch(&descriptors, 1, __ATOMIC_RELAXED);
  return *out = calloc(1, sizeof(struct descriptor));
}
static int destroy(void *descriptor) {
  __atomic_sub_fetch(&descriptors, 1, __ATOMIC_RELAXED);
  memset(descriptor, 0xee, sizeof(struct descriptor));
  free(descriptor);
  return SUCCESS;
}
static int set(void *descriptor, int attribute, const void *value, size_t size) {
  if (attribute < 0 || attribute >= ATTRIBUTES || (size != 4 && size != 8)) return INVALID_VALUE;
  struct descriptor *to = descriptor;
  to->values[attribute] = size == 4 ? *(const int32_t *)value : *(const int64_t *)value;
  return SUCCESS;
}

int cublasLtMatmulDescCreate(void **out, int compute, int scale) {
  struct descriptor *made = make(out);
  made->values[COMPUTE_TYPE] = compute;
  made->values[SCALE_TYPE] = scale;
  made->values[EPILOGUE] = 1;
  return SUCCESS;
}
int cublasLtMatmulDescDestroy(void *d) { return destroy(d); }
int cublasLtMatmulDescSetAttribute(void *d, int a, const void *v, size_t n) { return set(d, a, v, n); }
int cublasLtMatrixLayoutCreate(void **out, int type, uint64_t rows, uint64_t columns, int64_t ld) {
  int status = ld < (int64_t)rows ? INVALID_VALUE : refused;
  refused = SUCCESS;
  if (status) return status;
  struct descriptor *made = make(out);
  made->values[TYPE] = type;
  made->values[ROWS] = rows;
  made->values[COLUMNS] = columns;
  made->values[LEADING] = ld;
  made->values[BATCHES] = 1;
  return SUCCESS;
}
int cublasLtMatrixLayoutDestroy(void *d) { return destroy(d); }
int cublasLtMatrixLayoutSetAttribute(void *d, int a, const void *v, size_t n) {
  return set(d, a, v, n);
}
int cublasLtMatmulPreferenceCreate(void **out) { make(out); return SUCCESS; }
int cublasLtMatmulPreferenceDestroy(void *d) { return destroy(d); }
int cublasLtMatmulPreferenceSetAttribute(void *d, int a, const void *v, size_t n) {
  return set(d, a, v, n);
}

static double load(int type, const void *from, int64_t at) {
  switch (type) {
    case TYPE_DOUBLE: return ((const double *)from)[at];
    case TYPE_HALF: return ((const _Float16 *)from)[at];
    case TYPE_BFLOAT: {
      uint32_t bits = (uint32_t)((const uint16_t *)from)[at] << 16;
      float value;
      memcpy(&value, &bits, sizeof value);
      return value;
    }
    default: return ((const float *)from)[at];
  }
}
static void store(int type, void *to, int64_t at, double value) {
  switch (type) {
    case TYPE_DOUBLE: ((double *)to)[at] = value; break;
    case TYPE_HALF: ((_Float16 *)to)[at] = value; break;
    case TYPE_BFLOAT: {
      float rounded = value;
      uint32_t bits;
      memcpy(&bits, &rounded, sizeof bits);
      ((uint16_t *)to)[at] = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
      break;
    }
    default: ((float *)to)[at] = value;
  }
}

static double gelu(double x) {
  return 0.5 * x * (1 + tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
}
static double gelu_slope(double x) {
  double t = tanh(0.7978845608028654 * (x + 0.044715 * x * x * x));
  return 0.5 * (1 + t)
      + 0.5 * x * (1 - t * t) * 0.7978845608028654 * (1 + 3 * 0.044715 * x * x);
}

/* A launch, as its stream does it: descriptors may be gone by then. */
struct product {
  struct descriptor what, a, b, c, d;
  double alpha, beta;
  const void *a_at, *b_at, *c_at;
  void *d_at;
};

static int64_t size_of(int type) { return type == TYPE_DOUBLE ? 8 : type == TYPE_FLOAT ? 4 : 2; }

static void sum_of_factor(const struct product *p, int left, int64_t count, int64_t depth) {
  const struct descriptor *factor = left ? &p->a : &p->b;
  int transposed = p->what.values[left ? TRANS_A : TRANS_B] != 0;
  /* op(A) is [count, depth], op(B) [depth, count], columns side by side. */
  int along_rows = left ? transposed : !transposed;
  int type = factor->values[TYPE];
  int64_t leading = factor->values[LEADING];
  for (int64_t i = 0; i < count; i++) {
    double sum = 0;
    for (int64_t k = 0; k < depth; k++) {
      sum += load(type, left ? p->a_at : p->b_at, along_rows ? k + i * leading : i + k * leading);
    }
    store(p->d.values[TYPE], (void *)p->what.values[BIAS], i, sum);
  }
}

static void compute(void *data) {
  const struct product *p = data;
  int64_t rows = p->d.values[ROWS], columns = p->d.values[COLUMNS];
  int turned_a = p->what.values[TRANS_A] != 0, turned_b = p->what.values[TRANS_B] != 0;
  int64_t depth = p->a.values[turned_a ? ROWS : COLUMNS];
  int type = p->d.values[TYPE], epilogue = p->what.values[EPILOGUE];
  void *kept = (void *)p->what.values[AUX], *vector = (void *)p->what.values[BIAS];
  double *sums = calloc(rows, sizeof *sums);
  for (int64_t batch = 0; batch < p->d.values[BATCHES]; batch++) {
    const char *a = (const char *)p->a_at + batch * p->a.values[BATCH_STRIDE] * size_of(type);
    const char *b = (const char *)p->b_at + batch * p->b.values[BATCH_STRIDE] * size_of(type);
    int64_t to = batch * p->d.values[BATCH_STRIDE];
    for (int64_t j = 0; j < columns; j++) {
      for (int64_t i = 0; i < rows; i++) {
        double x = 0;
        for (int64_t k = 0; k < depth; k++) {
          x += load(type, a, turned_a ? k + i * p->a.values[LEADING] : i + k * p->a.values[LEADING])
              * load(type, b, turned_b ? j + k * p->b.values[LEADING] : k + j * p->b.values[LEADING]);
        }
        x *= p->alpha;
        if (p->beta != 0) {
          x += p->beta * load(type, p->c_at,
              batch * p->c.values[BATCH_STRIDE] + i + j * p->c.values[LEADING]);
        }
        if (epilogue & ADD_BIAS) x += load(type, vector, i);
        int64_t place =
            batch * p->what.values[AUX_STRIDE] + i + j * p->what.values[AUX_LEADING];
        if (epilogue & RELU) {
          if (epilogue & KEEP) {
            unsigned char *byte = (unsigned char *)kept + place / 8;
            *byte = x > 0 ? *byte | 1 << place % 8 : *byte & ~(1 << place % 8);
          }
          x = x > 0 ? x : 0;
        } else if (epilogue & GELU) {
          if (epilogue & KEEP) {
            store(type, kept, place, x);
          }
          x = gelu(x);
        } else if (epilogue & DRELU) {
          if (!(((unsigned char *)kept)[place / 8] >> place % 8 & 1)) x = 0;
        } else if (epilogue & DGELU) {
          x *= gelu_slope(load(type, kept, place));
        }
        store(type, p->d_at, to + i + j * p->d.values[LEADING], x);
        sums[i] += x;
      }
    }
  }
  if (epilogue & BGRAD) {
    for (int64_t i = 0; i < rows; i++) store(type, vector, i, sums[i]);
  }
  if (epilogue & BGRAD_A) sum_of_factor(p, 1, rows, depth);
  if (epilogue & BGRAD_B) sum_of_factor(p, 0, columns, depth);
  free(sums);
}

/* Whether the library would take an epilogue described so. */
static int takes(const struct descriptor *what, const struct descriptor *d) {
  int epilogue = what->values[EPILOGUE];
  if (epilogue == declined) return 0;
  if (epilogue & (ADD_BIAS | BGRAD | BGRAD_A | BGRAD_B) && !what->values[BIAS]) return 0;
  if (epilogue & KEEP) {
    int multiple = epilogue & (RELU | DRELU) ? 128 : 8;
    if (!what->values[AUX] || what->values[AUX_LEADING] % multiple
        || what->values[AUX_LEADING] < d->values[ROWS] || what->values[AUX_STRIDE] % multiple) {
      return 0;
    }
  }
  return 1;
}

int cublasLtMatmulAlgoGetHeuristic(void *handle, void *what, void *a, void *b, void *c, void *d,
                                   void *preference, int wanted, void *results, int *count) {
  if (!takes(what, d)) return NOT_SUPPORTED;
  *count = 1;
  memset(results, 0, 64); /* the algorithm */
  *(size_t *)((char *)results + 64) = 256; /* the workspace */
  *(int *)((char *)results + 72) = 0;
  return SUCCESS;
}

int cublasLtMatmul(void *handle, void *what, const void *alpha, const void *a_at, void *a,
                   const void *b_at, void *b, const void *beta, const void *c_at, void *c,
                   void *d_at, void *d, const void *algorithm, void *workspace, size_t bytes,
                   void *stream) {
  static int (*call)(void *, void (*)(void *), const void *, size_t);
  if (!call) {
    void *driver = dlopen(DRIVER, RTLD_NOW | RTLD_NOLOAD);
    call = driver ? dlsym(driver, "emulated_call") : 0;
  }
  struct product p = {.what = *(struct descriptor *)what, .a = *(struct descriptor *)a,
                      .b = *(struct descriptor *)b, .c = *(struct descriptor *)c,
                      .d = *(struct descriptor *)d, .a_at = a_at, .b_at = b_at, .c_at = c_at,
                      .d_at = d_at};
  if (!call || !takes(what, d) || !workspace || bytes < 256) return INVALID_VALUE;
  int is_double = p.what.values[SCALE_TYPE] == TYPE_DOUBLE;
  p.alpha = is_double ? *(const double *)alpha : *(const float *)alpha;
  p.beta = is_double ? *(const double *)beta : *(const float *)beta;
  __atomic_add_fetch(&products[p.what.values[EPILOGUE]], 1, __ATOMIC_RELAXED);
  return call(stream, compute, &p, sizeof p) ? INVALID_VALUE : SUCCESS;
}
