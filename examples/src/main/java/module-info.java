/** Runnable programs: digits, thermometer, doctor. */
module dev.gatun.examples {
  requires static org.jspecify;
  requires dev.gatun.nn;
  requires info.picocli;
  requires HdrHistogram;

  exports dev.gatun.examples.operations;

  opens dev.gatun.examples to
      info.picocli;
}
