package dev.gatun.kernels.convert;

/** The way of elements from one type to another: as what they are read, the steps, and written. */
record Way(Storage from, Step steps, Storage to) {}
