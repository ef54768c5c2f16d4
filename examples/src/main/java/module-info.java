/** Runnable programs: digits, thermometer, doctor. */
module dev.gatun.examples {
  requires dev.gatun.nn;
  requires info.picocli;
  requires HdrHistogram;
  requires static org.jspecify;
}
