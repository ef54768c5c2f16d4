/** Off-heap memory for tensors: element types, layouts, pooled storage and scopes. */
module dev.gatun.memory {
  requires static org.jspecify;

  exports dev.gatun.memory;
}
