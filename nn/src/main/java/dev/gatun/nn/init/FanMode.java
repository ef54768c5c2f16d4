package dev.gatun.nn.init;

/** Which of a layer's fans sets the scale of its weights. */
public enum FanMode {
  /** The number of inputs: keeps the variance of outputs level in the forward pass. */
  FAN_IN,
  /** The number of outputs: keeps the variance of gradients level in the backward pass. */
  FAN_OUT
}
