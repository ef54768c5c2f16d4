/** JMH suites, peers and the report. */
module dev.gatun.bench {
  requires dev.gatun.examples;
  requires dev.gatun.nn;
  requires info.picocli;
  requires java.desktop;
  requires java.management;
  requires jdk.management;
  requires jdk.incubator.vector;
  requires jmh.core;
  requires org.bytedeco.pytorch;
  requires static org.jspecify;
  requires tools.jackson.core;
  requires xchart;

  uses dev.gatun.bench.peers.PeerProvider;
}
