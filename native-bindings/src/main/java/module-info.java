/** Bindings to C libraries, library look-up, status checks and owned handles. */
module dev.gatun.bindings {
  requires static org.jspecify;
}
