package dev.gatun.kernels.random;

/** What random bits are turned into. */
enum Distribution {
  UNIFORM,
  NORMAL,
  EXPONENTIAL,
  BERNOULLI,
  INTEGERS
}
