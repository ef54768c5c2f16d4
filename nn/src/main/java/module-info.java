/** Layers, losses, optimizers, data, files, metrics and plots. */
module dev.gatun.nn {
  requires transitive dev.gatun.autograd;
  requires de.siegmar.fastcsv;
  requires me.tongfei.progressbar;
  requires static org.jspecify;
  requires tools.jackson.core;

  exports dev.gatun.nn;
  exports dev.gatun.nn.data;
  exports dev.gatun.nn.init;
  exports dev.gatun.nn.io;
  exports dev.gatun.nn.loss;
  exports dev.gatun.nn.metrics;
  exports dev.gatun.nn.optim;
  exports dev.gatun.nn.train;
}
