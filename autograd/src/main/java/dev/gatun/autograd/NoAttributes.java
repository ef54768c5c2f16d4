package dev.gatun.autograd;

/** The attributes of a structural operation that needs nothing but its tensors. */
public enum NoAttributes {
  /** The only value. */
  NONE
}
