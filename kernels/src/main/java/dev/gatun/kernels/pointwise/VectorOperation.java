package dev.gatun.kernels.pointwise;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_byte;
import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

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
  /** A shift of every lane of integers by the count beside it; the literal names the operator. */
  SHIFT_LANES {
    @Override
    void emit(CodeBuilder code, VectorTypes types, VectorValue value) {
      operator(code, "Binary", (String) value.literal());
      code.swap();
      var type = types.of(value);
      invoke(code, type, "lanewise", type, operatorType("Binary"), VectorTypes.VECTOR);
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
   * of the arguments between; the literal is its name.
   *
   * <p>Vectors pass to the function and back through an array that is made where there are such
   * lanes. A call that took them would make the JIT compiler box them in every turn of the loop,
   * once it has seen a single one of these lanes.
   */
  REPLACE_LANES {
    @Override
    void emit(CodeBuilder code, VectorTypes types, VectorValue value) {
      int mask = code.allocateLocal(TypeKind.REFERENCE);
      code.astore(mask);
      int[] vectors = new int[value.arguments().size() - 1];
      for (int i = vectors.length - 1; i >= 0; i--) {
        vectors[i] = code.allocateLocal(TypeKind.REFERENCE);
        code.astore(vectors[i]);
      }
      code.aload(mask);
      code.invokevirtual(VectorTypes.MASK, "anyTrue", MethodTypeDesc.of(CD_boolean));
      code.ifThen(rare -> replaceLanes(rare, types, value, vectors, mask));
      code.aload(vectors[0]);
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

  /** Replaces lanes of the first of the vectors in some locals. */
  private static void replaceLanes(
      CodeBuilder code, VectorTypes types, VectorValue value, int[] vectors, int mask) {
    var type = types.number();
    var array = (types.isWide() ? CD_double : CD_float).arrayType();
    int lanes = code.allocateLocal(TypeKind.REFERENCE);
    code.loadConstant(vectors.length * types.lanes());
    code.newarray(types.isWide() ? TypeKind.DOUBLE : TypeKind.FLOAT).astore(lanes);
    for (int i = 0; i < vectors.length; i++) {
      code.aload(vectors[i]).aload(lanes).loadConstant(i * types.lanes());
      invoke(code, type, "intoArray", CD_void, array, CD_int);
    }
    code.aload(lanes).aload(mask);
    invoke(code, VectorTypes.MASK, "toLong", CD_long);
    code.invokestatic(
        ClassDesc.of(VectorOperation.class.getPackageName(), "ScalarLanes"),
        (String) value.literal(),
        MethodTypeDesc.of(CD_void, array, CD_long));
    code.getstatic(type, types.speciesField(), VectorTypes.SPECIES).aload(lanes).iconst_0();
    code.invokestatic(
        type, "fromArray", MethodTypeDesc.of(type, VectorTypes.SPECIES, array, CD_int));
    code.astore(vectors[0]);
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
