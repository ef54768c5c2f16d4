package dev.gatun.kernels.bytecode;

import static java.lang.constant.ConstantDescs.CD_int;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import org.junit.jupiter.api.Test;

/** Methods with loops become too long to be inlined, and stay what they were otherwise. */
class SeparateCompilationTest {
  private static final MethodTypeDesc TYPE = MethodTypeDesc.of(CD_int, CD_int);

  /** One method adds 1 + 2 + ... + n in a loop; the other one only branches forwards. */
  private static byte[] original() {
    return ClassFile.of()
        .build(
            ClassDesc.of(SeparateCompilationTest.class.getPackageName(), "Sums"),
            type -> {
              type.withMethodBody(
                  "loop",
                  TYPE,
                  ClassFile.ACC_STATIC,
                  code -> {
                    var top = code.newLabel();
                    var end = code.newLabel();
                    code.iconst_0().istore(1);
                    code.labelBinding(top).iload(0).ifeq(end);
                    code.iload(1).iload(0).iadd().istore(1);
                    code.iinc(0, -1).goto_(top);
                    code.labelBinding(end).iload(1).ireturn();
                  });
              type.withMethodBody(
                  "branch",
                  TYPE,
                  ClassFile.ACC_STATIC,
                  code -> {
                    var end = code.newLabel();
                    code.iload(0).ifeq(end).iinc(0, 1);
                    code.labelBinding(end).iload(0).ireturn();
                  });
            });
  }

  private static HashMap<String, Integer> lengths(byte[] classFile) {
    var lengths = new HashMap<String, Integer>();
    for (var method : ClassFile.of().parse(classFile).methods()) {
      var code = (CodeAttribute) method.code().orElseThrow();
      lengths.put(method.methodName().stringValue(), code.codeLength());
    }
    return lengths;
  }

  @Test
  void loopsAreLongerThanWhatThisVirtualMachineInlines() {
    var machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    int most = Integer.parseInt(machine.getVMOption("FreqInlineSize").getValue());
    var before = lengths(original());
    var after = lengths(SeparateCompilation.ofLoops(ClassFile.of(), original()));
    assertTrue(before.get("loop") <= most);
    assertTrue(after.get("loop") > most, after::toString);
    assertEquals(before.get("branch"), after.get("branch"));
  }

  @Test
  void resultsStay() throws Throwable {
    var bytes = SeparateCompilation.ofLoops(ClassFile.of(), original());
    var lookup = MethodHandles.lookup().defineHiddenClass(bytes, true);
    var type = MethodType.methodType(int.class, int.class);
    var loop = lookup.findStatic(lookup.lookupClass(), "loop", type);
    var branch = lookup.findStatic(lookup.lookupClass(), "branch", type);
    assertEquals(5050, (int) loop.invokeExact(100));
    assertEquals(6, (int) branch.invokeExact(5));
  }
}
