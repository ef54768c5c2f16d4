/** Runnable programs: digits, thermometer, doctor. */
module dev.gatun.examples {
  requires static org.jspecify;
  requires dev.gatun.nn;
  requires info.picocli;
  requires HdrHistogram;

  opens dev.gatun.examples to
      info.picocli;
}
