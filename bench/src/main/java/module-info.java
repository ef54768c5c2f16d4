/** JMH suites, peers and the report. */
module dev.gatun.bench {
  requires dev.gatun.nn;
  requires info.picocli;
  requires java.desktop;
  requires java.management;
  requires jdk.incubator.vector;
  requires jmh.core;
  requires static org.jspecify;
  requires xchart;

  uses dev.gatun.bench.peers.PeerProvider;
}
