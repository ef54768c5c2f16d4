package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;

/** In which type a pointwise operation computes, and of which type its result is. */
public enum TypeRule {
  /** Computes and answers in the operands' common type. */
  PROMOTE {
    @Override
    DType compute(String operation, DType common) {
      return common;
    }
  },
  /** As {@link #PROMOTE}, but has no meaning for truth values. */
  NUMERIC {
    @Override
    DType compute(String operation, DType common) {
      if (common == DType.BOOL) {
        throw new DTypeException(operation + ": bool: the operands are numbers");
      }
      return common;
    }
  },
  /** As {@link #NUMERIC}, where no operand is of bool, whatever the common type is. */
  NUMERIC_OPERANDS(true) {
    @Override
    DType compute(String operation, DType common) {
      return NUMERIC.compute(operation, common);
    }

    @Override
    void checkOperand(String operation, DType operand, DType common) {
      NUMERIC.compute(operation, operand);
    }
  },
  /** As {@link #PROMOTE}, with truth values taken as int64. */
  COUNTING {
    @Override
    DType compute(String operation, DType common) {
      return common == DType.BOOL ? DType.INT64 : common;
    }
  },
  /** Computes and answers in the operands' floating-point type; refuses integers. */
  FLOATING_OPERANDS {
    @Override
    DType compute(String operation, DType common) {
      if (!common.isFloatingPoint()) {
        throw new DTypeException(operation + ": " + common + ": the operands are floating point");
      }
      return common;
    }
  },
  /** As {@link #FLOATING_OPERANDS}, where the operands are of one type. */
  ONE_FLOATING_TYPE(true) {
    @Override
    DType compute(String operation, DType common) {
      return FLOATING_OPERANDS.compute(operation, common);
    }

    @Override
    void checkOperand(String operation, DType operand, DType common) {
      if (operand != common) {
        throw new DTypeException(
            operation + ": " + operand + " with " + common + ": the operands are of one type");
      }
    }
  },
  /**
   * As {@link #FLOATING_OPERANDS}, where two ends are of one type; a weight between them is too,
   * unless it is a single number.
   */
  WEIGHTED_ENDS(true) {
    @Override
    DType compute(String operation, DType common) {
      return FLOATING_OPERANDS.compute(operation, common);
    }

    @Override
    void checkOperands(String operation, Tensor[] operands, DType common) {
      DType ends = operands[0].dtype();
      ONE_FLOATING_TYPE.checkOperand(operation, operands[1].dtype(), ends);
      if (operands[2].rank() > 0) {
        ONE_FLOATING_TYPE.checkOperand(operation, operands[2].dtype(), ends);
      }
    }
  },
  /** Computes and answers in a floating-point type: float32 when no operand is of one. */
  FLOATING {
    @Override
    DType compute(String operation, DType common) {
      return common.toFloatingPoint();
    }
  },
  /** Computes in the common type, and answers in bool. */
  PREDICATE {
    @Override
    DType compute(String operation, DType common) {
      return common;
    }

    @Override
    DType result(DType compute) {
      return DType.BOOL;
    }
  },
  /** Computes and answers in the operands' integral type; refuses fractions and truth values. */
  INTEGRAL {
    @Override
    DType compute(String operation, DType common) {
      if (!common.isIntegral()) {
        throw new DTypeException(operation + ": " + common + ": the operands are integers");
      }
      return common;
    }
  },
  /** Works on the bits of integers and on truth values. */
  BITWISE {
    @Override
    DType compute(String operation, DType common) {
      if (common.isFloatingPoint()) {
        throw new DTypeException(
            operation + ": " + common + ": the operands are integers or truth values");
      }
      return common;
    }
  };

  private final boolean checksOperands;

  TypeRule() {
    this(false);
  }

  TypeRule(boolean checksOperands) {
    this.checksOperands = checksOperands;
  }

  /** Returns the type to compute in, from the operands' common type. */
  abstract DType compute(String operation, DType common);

  /** Returns the type of the result, from the type computed in. */
  DType result(DType compute) {
    return compute;
  }

  /** Tells whether {@link #checkOperand} and {@link #checkOperands} have to see operands. */
  boolean checksOperands() {
    return checksOperands;
  }

  /** Throws when an operand is of a type that does not fit, whatever the common type is. */
  void checkOperand(String operation, DType operand, DType common) {}

  /** Throws when operands are of types that do not fit each other. */
  void checkOperands(String operation, Tensor[] operands, DType common) {
    for (Tensor operand : operands) {
      checkOperand(operation, operand.dtype(), common);
    }
  }
}
