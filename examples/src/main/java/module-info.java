/** Runnable programs: digits, thermometer, doctor. */
@SuppressWarnings("module") // The benchmarks are built after this.
module dev.gatun.examples {
  requires static org.jspecify;
  requires dev.gatun.nn;
  requires info.picocli;
  requires HdrHistogram;
  requires java.management;
  requires jdk.management;
  requires xchart;

  exports dev.gatun.examples.digits to
      dev.gatun.bench;
  exports dev.gatun.examples.operations;

  opens dev.gatun.examples to
      info.picocli;
  opens dev.gatun.examples.digits to
      info.picocli;
  opens dev.gatun.examples.thermometer to
      info.picocli;
}
