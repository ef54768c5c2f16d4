module consumer {
  requires dev.gatun.nn;
}
