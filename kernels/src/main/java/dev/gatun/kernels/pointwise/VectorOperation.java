package dev.gatun.kernels.pointwise;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_byte;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Arrays;

/**
 * The operations of vector code, each with the Vector API call that performs it on arguments which
 * are on the stack.
 */
enum VectorOperation {
  /** The elements of an input; the literal is its number. */
  INPUT,
  /** A scalar parameter in every lane; the literal is its number. */
  PARAMETER,
  /** A number in every lane; the literal is a Double. */
  CONSTANT,
  /** A bit pattern in every lane; the literal is a Long. */
  BITS_CONSTANT,
  ADD("add"),
  SUB("sub"),
  MUL("mul"),
  DIV("div"),
  MIN("min"),
  MAX("max"),
  AND("and"),
  OR("or"),
  NEG("neg"),
  ABS("abs"),
  SQRT("sqrt"),
  NOT("not"),
  FMA("fma"),
  /** Exclusive or, whose operator has a type of its own. */
  XOR {
    @Override
    void emit(CodeBuilder code, VectorTypes types, VectorValue value) {
      operator(code, "Associative", "XOR");
      code.swap();
      var type = types.of(value);
      invoke(code, type, "lanewise", type, operatorType("Binary"), VectorTypes.VECTOR);
    }
  },
  /** A shift of every lane by the same count; the literal names the operator and the count. */
  SHIFT {
    @Override
    void emit(CodeBuilder code, VectorTypes types, VectorValue value) {
      var shift = (Shift) value.literal();
      operator(code, "Binary", shift.operator());
      var type = types.of(value);
      if (types.isWide()) {
        code.loadConstant((long) shift.count());
        invoke(code, type, "lanewise", type, operatorType("Binary"), CD_long);
      } else {
        code.loadConstant(shift.count());
        invoke(code, type, "lanewise", type, operatorType("Binary"), CD_int);
      }
    }
  },
  /** The literal names a comparison. */
  COMPARE {
    @Override
    void emit(CodeBuilder code, VectorTypes types, VectorValue value) {
      operator(code, "Comparison", (String) value.literal());
      code.swap();
      invoke(
          code,
          types.of(value.arguments().get(0)),
          "compare",
          VectorTypes.MASK,
          operatorType("Comparison"),
          VectorTypes.VECTOR);
    }
  },
  /** The second argument where the mask, the third, is set, else the first. */
  BLEND {
    @Override
    void emit(CodeBuilder code, VectorTypes types, VectorValue value) {
      var type = types.of(value);
      invoke(code, type, "blend", type, VectorTypes.VECTOR, VectorTypes.MASK);
    }
  },
  MASK_AND("and"),
  MASK_OR("or"),
  MASK_XOR("xor"),
  MASK_NOT("not"),
  TO_BITS {
    @Override
    void emit(CodeBuilder code, VectorTypes types, VectorValue value) {
      invoke(code, types.number(), "viewAsIntegralLanes", types.bits());
    }
  },
  /**
   * Replaces the lanes of the first argument that the mask, the last, has set by a scalar function
   * of the arguments between; the literal is its name. Hardly ever called for, so the JIT compiler
   * keeps it out of the loop.
   */
  REPLACE_LANES {
    @Override
    void emit(CodeBuilder code, VectorTypes types, VectorValue value) {
      var type = types.of(value);
      var done = code.newLabel();
      int mask = code.allocateLocal(TypeKind.REFERENCE);
      code.astore(mask).aload(mask);
      code.invokevirtual(VectorTypes.MASK, "anyTrue", MethodTypeDesc.of(CD_boolean));
      var rare = code.newLabel();
      code.ifne(rare);
      int operands = value.arguments().size() - 2;
      for (int i = 0; i < operands; i++) {
        code.pop();
      }
      code.goto_(done);
      code.labelBinding(rare).aload(mask);
      var parameters = new ClassDesc[operands + 2];
      Arrays.fill(parameters, type);
      parameters[operands + 1] = VectorTypes.MASK;
      code.invokestatic(
          ClassDesc.of(VectorOperation.class.getPackageName(), "ScalarLanes"),
          (String) value.literal(),
          MethodTypeDesc.of(type, parameters));
      code.labelBinding(done);
    }
  },
  FROM_BITS {
    @Override
    void emit(CodeBuilder code, VectorTypes types, VectorValue value) {
      invoke(code, types.bits(), "viewAsFloatingLanes", types.number());
    }
  },
  /** An operation that has no vector form; the literal is its symbol. For C alone. */
  CALL {
    @Override
    void emit(CodeBuilder code, VectorTypes types, VectorValue value) {
      throw new IllegalStateException(value.literal() + " has no vector form");
    }
  };

  /** The operator and the count of a {@link #SHIFT}. */
  record Shift(String operator, int count) {}

  private final String method;

  VectorOperation() {
    this("");
  }

  VectorOperation(String method) {
    this.method = method;
  }

  /**
   * Whether this reads memory or parameters or is a constant, rather than computing from arguments.
   */
  boolean isLeaf() {
    return compareTo(BITS_CONSTANT) <= 0;
  }

  /** Turns the arguments on the stack into the value. */
  void emit(CodeBuilder code, VectorTypes types, VectorValue value) {
    var type = types.of(value);
    int others = value.arguments().size() - 1;
    var other = value.kind() == VectorValue.Kind.MASK ? VectorTypes.MASK : VectorTypes.VECTOR;
    var parameters = new ClassDesc[others];
    Arrays.fill(parameters, other);
    invoke(code, type, method, type, parameters);
  }

  /** Turns the byte vector on the stack into the mask of its lanes that are not zero. */
  static void compareBytesWithZero(CodeBuilder code) {
    operator(code, "Comparison", "NE");
    code.iconst_0();
    invoke(
        code, VectorTypes.BYTES, "compare", VectorTypes.MASK, operatorType("Comparison"), CD_byte);
  }

  private static void operator(CodeBuilder code, String type, String name) {
    code.getstatic(VectorTypes.OPERATORS, name, operatorType(type));
  }

  private static ClassDesc operatorType(String name) {
    return VectorTypes.OPERATORS.nested(name);
  }

  private static void invoke(
      CodeBuilder code, ClassDesc owner, String name, ClassDesc result, ClassDesc... parameters) {
    code.invokevirtual(owner, name, MethodTypeDesc.of(result, parameters));
  }
}
