/** JMH suites, peers and the report. */
module dev.gatun.bench {
  requires dev.gatun.nn;
  requires info.picocli;
  requires jmh.core;
  requires static org.jspecify;
}
