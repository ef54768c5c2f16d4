package dev.gatun.autograd.functional;

import dev.gatun.autograd.Tensor;
import java.util.List;

/**
 * The values of a function of several tensors, and the products of a derivative with vectors.
 *
 * @param values what the function returned
 * @param products the products, one for each value or each input, as the method says
 */
public record Products(List<Tensor> values, List<Tensor> products) {
  /** Copies the lists. */
  public Products {
    values = List.copyOf(values);
    products = List.copyOf(products);
  }
}
