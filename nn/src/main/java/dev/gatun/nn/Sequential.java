package dev.gatun.nn;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.IndexRangeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Modules one after the other: each gets what the one before returned. Named 0, 1, 2, ... */
public final class Sequential extends Module {
  private final List<Module> modules = new ArrayList<>();

  /**
   * Makes a chain.
   *
   * @param modules the modules in order, which this one takes over; without any, the output is the
   *     input
   */
  public Sequential(Module... modules) {
    for (Module module : modules) {
      add(module);
    }
  }

  /**
   * Adds a module at the end.
   *
   * @param module the module, which this one takes over; its mode is left as it is
   * @return this module
   */
  public Sequential add(Module module) {
    modules.add(register(Integer.toString(modules.size()), module));
    return this;
  }

  /**
   * Returns one of the modules.
   *
   * @param index its place; negative ones count from the end
   * @return the module, which stays this one's
   * @throws IndexRangeException when there is no such place
   */
  public Module get(int index) {
    int at = index < 0 ? index + modules.size() : index;
    if (at < 0 || at >= modules.size()) {
      throw new IndexRangeException(
          "sequential: index " + index + " is outside " + modules.size() + " modules");
    }
    return modules.get(at);
  }

  /**
   * Returns the modules.
   *
   * @return the modules in order; a view that cannot be changed
   */
  public List<Module> modules() {
    return Collections.unmodifiableList(modules);
  }

  @Override
  public Tensor forward(Tensor input) {
    Tensor result = input;
    for (int i = 0; i < modules.size(); i++) {
      result = modules.get(i).forward(result);
    }
    return result;
  }
}
