/** Layers, losses, optimizers, data, files, metrics and plots. */
module dev.gatun.nn {
  requires transitive dev.gatun.autograd;
  requires de.siegmar.fastcsv;
  requires me.tongfei.progressbar;
  requires static org.jspecify;

  exports dev.gatun.nn;
  exports dev.gatun.nn.init;
  exports dev.gatun.nn.loss;
  exports dev.gatun.nn.optim;
}
