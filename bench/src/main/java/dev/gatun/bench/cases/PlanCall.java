package dev.gatun.bench.cases;

import dev.gatun.autograd.plan.Plan;
import dev.gatun.bench.contest.Call;

/**
 * A plan whose result is its first output.
 *
 * @param plan the plan
 */
record PlanCall(Plan plan) implements Call {

  @Override
  public void run() {
    plan.replay();
  }

  @Override
  public boolean hasWarmUp() {
    return true;
  }

  @Override
  public void warmUp() {
    plan.warmUp();
  }

  @Override
  public double[] result() {
    return plan.output().toDoubleArray();
  }
}
