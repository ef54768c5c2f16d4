// What CUDA C has and C has not, so that kernels run on the host, for tests.
//
// Blocks run one after the other, the threads of a block as fibers of one thread of the host: one
// runs until it ends or waits at a barrier or a shuffle, then the next. In blocks of even index the
// first thread comes first, in others the last, so that a missing barrier shows. Kernels that wait
// for something that never comes, or write past their dynamic shared memory, are told of by
// gatun_on_host_failure. Dynamic shared memory begins as garbage in each block.
//
// For each kernel NAME there is
//   void NAME__on_host(unsigned gx, gy, gz, bx, by, bz, unsigned sharedBytes, void **parameters)
// which runs a grid; parameters point to the kernel's, as for cuLaunchKernel. Threads of the host
// that call it take turns.

#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define __global__ static
#define __device__
#define __shared__ static
#define __constant__ static const
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __align__(bytes) __attribute__((aligned(bytes)))
#define warpSize 32

struct gatun_index {
  unsigned x, y, z;
};

static struct gatun_index threadIdx, blockIdx, blockDim, gridDim;

// ---- Fibers

#define GATUN_STACK_BYTES (64 << 10)
#define GATUN_CANARY 0x5ca1ab1e0ddba115LL

#if defined(__x86_64__)

// Saves what a called function must keep, and goes on with another stack.
__asm__(
    ".text\n"
    ".type gatun_switch, @function\n"
    "gatun_switch:\n"
    "  pushq %rbp\n"
    "  pushq %rbx\n"
    "  pushq %r12\n"
    "  pushq %r13\n"
    "  pushq %r14\n"
    "  pushq %r15\n"
    "  movq %rsp, (%rdi)\n"
    "  movq %rsi, %rsp\n"
    "  popq %r15\n"
    "  popq %r14\n"
    "  popq %r13\n"
    "  popq %r12\n"
    "  popq %rbx\n"
    "  popq %rbp\n"
    "  ret\n"
    ".size gatun_switch, .-gatun_switch\n");
__attribute__((visibility("hidden"))) extern void gatun_switch(void **from, void *to);

typedef void *gatun_context;

static void gatun_begin(gatun_context *context, char *stack, void (*entry)(void)) {
  void **top = (void **)(stack + GATUN_STACK_BYTES);
  *--top = NULL;
  *--top = (void *)entry;
  for (int i = 0; i < 6; i++) {
    *--top = NULL;
  }
  *context = top;
}

static void gatun_go(gatun_context *from, gatun_context *to) {
  gatun_switch(from, *to);
}

#else

#include <ucontext.h>

typedef ucontext_t gatun_context;

static void gatun_begin(gatun_context *context, char *stack, void (*entry)(void)) {
  getcontext(context);
  context->uc_stack.ss_sp = stack;
  context->uc_stack.ss_size = GATUN_STACK_BYTES;
  context->uc_link = NULL;
  makecontext(context, entry, 0);
}

static void gatun_go(gatun_context *from, gatun_context *to) {
  swapcontext(from, to);
}

#endif

// A barrier: how many have arrived since it opened last, and how often it has opened.
struct gatun_barrier {
  unsigned arrived, opened, expected;
};

struct gatun_fiber {
  gatun_context context;
  struct gatun_index at;
  struct gatun_barrier *waits;
  unsigned seen;
  unsigned shuffles;
  char *stack;
  bool begun, ended;
  unsigned long long passed[2];
};

struct gatun_launch {
  void (*kernel)(void **);
  void **parameters;
  gatun_context scheduler;
  struct gatun_fiber *fibers;
  unsigned threads;
  unsigned current;
  struct gatun_barrier block;
  struct gatun_barrier *warps;
};

static struct gatun_launch gatun_launched;
static char *gatun_dynamic_shared;
static char gatun_failure[256];
static pthread_mutex_t gatun_turn = PTHREAD_MUTEX_INITIALIZER;

static void gatun_open_if_all(struct gatun_barrier *barrier) {
  if (barrier->arrived != 0 && barrier->arrived == barrier->expected) {
    barrier->arrived = 0;
    barrier->opened++;
  }
}

static void gatun_wait(struct gatun_barrier *barrier) {
  struct gatun_fiber *fiber = &gatun_launched.fibers[gatun_launched.current];
  const unsigned seen = barrier->opened;
  barrier->arrived++;
  gatun_open_if_all(barrier);
  if (barrier->opened == seen) {
    fiber->waits = barrier;
    fiber->seen = seen;
    gatun_go(&fiber->context, &gatun_launched.scheduler);
  }
}

// Threads that have ended are not waited for.
static void gatun_leave(struct gatun_barrier *barrier) {
  barrier->expected--;
  gatun_open_if_all(barrier);
}

static struct gatun_barrier *gatun_warp(void) {
  return &gatun_launched.warps[gatun_launched.current / warpSize];
}

static void gatun_fiber_main(void) {
  gatun_launched.kernel(gatun_launched.parameters);
  struct gatun_fiber *fiber = &gatun_launched.fibers[gatun_launched.current];
  fiber->ended = true;
  gatun_leave(&gatun_launched.block);
  gatun_leave(gatun_warp());
  gatun_go(&fiber->context, &gatun_launched.scheduler);
}

static void gatun_resume(unsigned index, char **stacks, unsigned *free_stacks) {
  struct gatun_fiber *fiber = &gatun_launched.fibers[index];
  gatun_launched.current = index;
  threadIdx = fiber->at;
  fiber->waits = NULL;
  if (!fiber->begun) {
    fiber->begun = true;
    fiber->stack = stacks[--*free_stacks];
    gatun_begin(&fiber->context, fiber->stack, gatun_fiber_main);
  }
  gatun_go(&gatun_launched.scheduler, &fiber->context);
  if (fiber->ended) {
    stacks[(*free_stacks)++] = fiber->stack;
  }
}

// Runs the threads of a block; returns whether all of them ended.
static bool gatun_run_block(char **stacks, bool backwards) {
  const unsigned threads = gatun_launched.threads;
  unsigned free_stacks = threads;
  unsigned left = threads;
  memset(&gatun_launched.block, 0, sizeof gatun_launched.block);
  gatun_launched.block.expected = threads;
  for (unsigned warp = 0; warp * warpSize < threads; warp++) {
    const unsigned rest = threads - warp * warpSize;
    memset(&gatun_launched.warps[warp], 0, sizeof gatun_launched.warps[warp]);
    gatun_launched.warps[warp].expected = rest < warpSize ? rest : warpSize;
  }
  for (unsigned i = 0; i < threads; i++) {
    struct gatun_fiber *fiber = &gatun_launched.fibers[i];
    fiber->begun = false;
    fiber->ended = false;
    fiber->waits = NULL;
    fiber->shuffles = 0;
    fiber->at.x = i % blockDim.x;
    fiber->at.y = i / blockDim.x % blockDim.y;
    fiber->at.z = i / blockDim.x / blockDim.y;
  }
  while (left > 0) {
    bool moved = false;
    for (unsigned i = 0; i < threads; i++) {
      const unsigned index = backwards ? threads - 1 - i : i;
      struct gatun_fiber *fiber = &gatun_launched.fibers[index];
      if (!fiber->ended && (fiber->waits == NULL || fiber->waits->opened != fiber->seen)) {
        gatun_resume(index, stacks, &free_stacks);
        left -= fiber->ended;
        moved = true;
      }
    }
    if (!moved) {
      return false;
    }
  }
  return true;
}

static void gatun_fail(const char *name, const char *what) {
  snprintf(gatun_failure, sizeof gatun_failure, "%s, block %u,%u,%u: %s", name, blockIdx.x,
      blockIdx.y, blockIdx.z, what);
}

static void gatun_run_on_host(const char *name, void (*kernel)(void **), unsigned gx, unsigned gy,
    unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared_bytes, void **parameters) {
  pthread_mutex_lock(&gatun_turn);
  const unsigned threads = bx * by * bz;
  gatun_launched.kernel = kernel;
  gatun_launched.parameters = parameters;
  gatun_launched.threads = threads;
  gatun_launched.fibers = calloc(threads, sizeof *gatun_launched.fibers);
  gatun_launched.warps = calloc(threads / warpSize + 1, sizeof *gatun_launched.warps);
  char **stacks = malloc(threads * sizeof *stacks);
  const size_t bytes = (size_t)threads * GATUN_STACK_BYTES;
  char *memory =
      mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
#ifdef MADV_NOHUGEPAGE
  madvise(memory, bytes, MADV_NOHUGEPAGE);
#endif
  const size_t padded = ((size_t)shared_bytes + 15) / 16 * 16;
  gatun_dynamic_shared = aligned_alloc(16, padded + 16);
  gridDim = (struct gatun_index){gx, gy, gz};
  blockDim = (struct gatun_index){bx, by, bz};
  const long long canary = GATUN_CANARY;
  bool alive = memory != MAP_FAILED && threads > 0 && threads <= 1024;
  if (!alive) {
    gatun_fail(name, "cannot be launched with so many threads");
  }
  for (unsigned z = 0; alive && z < gz; z++) {
    for (unsigned y = 0; alive && y < gy; y++) {
      for (unsigned x = 0; alive && x < gx; x++) {
        blockIdx = (struct gatun_index){x, y, z};
        memset(gatun_dynamic_shared, 0xa5, padded);
        memcpy(gatun_dynamic_shared + shared_bytes, &canary, sizeof canary);
        for (unsigned i = 0; i < threads; i++) {
          stacks[i] = memory + (size_t)(threads - 1 - i) * GATUN_STACK_BYTES;
        }
        alive = gatun_run_block(stacks, ((x + y + z) & 1) != 0);
        if (!alive) {
          gatun_fail(name, "threads wait for others that have ended or wait elsewhere");
        } else if (memcmp(gatun_dynamic_shared + shared_bytes, &canary, sizeof canary) != 0) {
          gatun_fail(name, "wrote past its shared memory");
        }
      }
    }
  }
  munmap(memory, bytes);
  free(stacks);
  free(gatun_launched.warps);
  free(gatun_launched.fibers);
  free(gatun_dynamic_shared);
  pthread_mutex_unlock(&gatun_turn);
}

// What went wrong since the last call, or NULL. The text stays until the next launch.
const char *gatun_on_host_failure(void) {
  static char told[sizeof gatun_failure];
  pthread_mutex_lock(&gatun_turn);
  memcpy(told, gatun_failure, sizeof told);
  gatun_failure[0] = 0;
  pthread_mutex_unlock(&gatun_turn);
  return told[0] == 0 ? NULL : told;
}

// ---- Barriers and shuffles; those of a warp want all its threads

#define __syncthreads() gatun_wait(&gatun_launched.block)
#define __syncwarp(...) gatun_wait(gatun_warp())
#define __threadfence() ((void)0)
#define __threadfence_block() ((void)0)
#define __threadfence_system() ((void)0)

static inline unsigned gatun_lane(void) {
  return gatun_launched.current % warpSize;
}

static void gatun_shuffle(void *value, size_t size, unsigned lane) {
  const unsigned me = gatun_launched.current;
  const unsigned warp = me / warpSize * warpSize;
  struct gatun_fiber *fibers = gatun_launched.fibers;
  const unsigned slot = fibers[me].shuffles++ & 1;
  memcpy(&fibers[me].passed[slot], value, size);
  gatun_wait(gatun_warp());
  if (lane < warpSize && warp + lane < gatun_launched.threads) {
    memcpy(value, &fibers[warp + lane].passed[slot], size);
  }
}

#define gatun_shuffled(value, lane)                   \
  ({                                                  \
    __typeof__(value) gatun_value = (value);          \
    gatun_shuffle(&gatun_value, sizeof gatun_value, (lane)); \
    gatun_value;                                      \
  })

#define __shfl_sync(mask, value, lane) gatun_shuffled(value, (lane) % warpSize)
#define __shfl_xor_sync(mask, value, bits) gatun_shuffled(value, gatun_lane() ^ (bits))
#define __shfl_down_sync(mask, value, by) gatun_shuffled(value, gatun_lane() + (by))
#define __shfl_up_sync(mask, value, by) \
  gatun_shuffled(value, gatun_lane() >= (by) ? gatun_lane() - (by) : gatun_lane())

static inline unsigned gatun_ballot(bool predicate) {
  unsigned all = predicate ? 1u << gatun_lane() : 0;
  for (unsigned by = 1; by < warpSize; by *= 2) {
    const unsigned other = gatun_lane() ^ by;
    const unsigned warp = gatun_launched.current / warpSize * warpSize;
    const unsigned received = __shfl_xor_sync(~0u, all, by);
    all |= warp + other < gatun_launched.threads ? received : 0;
  }
  return all;
}

#define __ballot_sync(mask, predicate) gatun_ballot((predicate) != 0)

// ---- Atomics: one thread runs at a time

#define gatun_exchanged(address, expression)        \
  ({                                                \
    __typeof__(address) gatun_at = (address);       \
    const __typeof__(*gatun_at) gatun_old = *gatun_at;    \
    *gatun_at = (expression);                       \
    gatun_old;                                            \
  })

#define atomicAdd(address, value) gatun_exchanged(address, gatun_old + (value))
#define atomicMax(address, value) gatun_exchanged(address, gatun_old > (value) ? gatun_old : (value))
#define atomicMin(address, value) gatun_exchanged(address, gatun_old < (value) ? gatun_old : (value))
#define atomicOr(address, value) gatun_exchanged(address, gatun_old | (value))
#define atomicExch(address, value) gatun_exchanged(address, (value))
#define atomicCAS(address, expected, value) \
  gatun_exchanged(address, gatun_old == (expected) ? (value) : gatun_old)

// ---- Functions

#define __ldg(address) (*(address))

static inline int __float_as_int(float x) {
  int bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float __int_as_float(int bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static inline long long __double_as_longlong(double x) {
  long long bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline double __longlong_as_double(long long bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static inline unsigned __umulhi(unsigned x, unsigned y) {
  return (unsigned long long)x * y >> 32;
}

static inline unsigned long long __umul64hi(unsigned long long x, unsigned long long y) {
  return (unsigned __int128)x * y >> 64;
}

static inline int __popc(unsigned x) {
  return __builtin_popcount(x);
}

static inline int __clz(int x) {
  return x == 0 ? 32 : __builtin_clz((unsigned)x);
}
