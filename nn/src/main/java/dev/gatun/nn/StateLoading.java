package dev.gatun.nn;

import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Loading of saved tensors into a tree: everything is checked before anything is changed. */
final class StateLoading {
  private StateLoading() {}

  static void copy(String owner, Map<String, TensorCell> cells, Map<String, Tensor> state) {
    check("load_state", owner, cells, state);
    try (var _ = NoGrad.open()) {
      cells.forEach((name, cell) -> cell.tensor().copy_(found(state, name)));
    }
  }

  static void assign(String owner, Map<String, TensorCell> cells, Map<String, Tensor> state) {
    check("assign_state", owner, cells, state);
    cells.forEach((name, cell) ->
        cell.replace(found(state, name).requiresGrad_(cell.tensor().requiresGrad())));
  }

  private static Tensor found(Map<String, Tensor> state, String name) {
    Tensor tensor = state.get(name);
    if (tensor == null) {
      throw new StateException("load_state: '" + name + "' has been taken out of the map");
    }
    return tensor;
  }

  private static void check(
      String operation, String owner, Map<String, TensorCell> cells, Map<String, Tensor> state) {
    List<String> problems = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    cells.forEach((name, cell) -> {
      Tensor tensor = state.get(name);
      if (tensor == null) {
        missing.add(name);
      } else {
        tensor.checkOpen(operation);
        cell.tensor().checkOpen(operation);
        String problem = mismatch(operation, cell, tensor);
        if (problem != null) {
          problems.add("'" + name + "' " + problem);
        }
      }
    });
    List<String> unexpected = new ArrayList<>(state.keySet());
    unexpected.removeAll(cells.keySet());
    if (!unexpected.isEmpty()) {
      problems.addFirst("unexpected " + unexpected);
    }
    if (!missing.isEmpty()) {
      problems.addFirst("missing " + missing);
    }
    if (!problems.isEmpty()) {
      throw new StateException(operation + ": " + owner + ": " + String.join("; ", problems));
    }
  }

  private static @Nullable String mismatch(String operation, TensorCell cell, Tensor tensor) {
    Tensor here = cell.tensor();
    if (!here.shape().equals(tensor.shape())) {
      return "has shape " + tensor.shape() + " but is " + here.shape() + " here";
    }
    boolean convertible =
        here.dtype() == tensor.dtype()
            || here.dtype().isFloatingPoint() && tensor.dtype().isFloatingPoint();
    if (!convertible) {
      return "is of " + tensor.dtype() + " but of " + here.dtype() + " here";
    }
    if (operation.equals("load_state") && here.storage().isReadOnly()) {
      return "is on read-only memory here";
    }
    return null;
  }
}
