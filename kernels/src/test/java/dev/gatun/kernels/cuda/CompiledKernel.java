package dev.gatun.kernels.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a kernel takes of a multiprocessor, as ptxas tells.
 *
 * @param entry the kernel's name
 * @param registers for each thread
 * @param stackBytes memory of each thread for arrays that are indexed
 * @param spillBytes stores and loads of registers for which there was no place
 * @param sharedBytes memory of each block, but for what a launch asks for
 * @param instructions from the first to the last that is not a filling
 */
record CompiledKernel(
    String entry, int registers, int stackBytes, int spillBytes, int sharedBytes, int instructions)
    implements Comparable<CompiledKernel> {
  /** Has ptxas tell, through NVRTC's log. */
  static final String OPTION = "--ptxas-options=--verbose";

  static final String HEADER = "kernel,registers,stack,spills,shared,instructions";

  private static final Pattern ENTRY = Pattern.compile("Compiling entry function '(\\w+)'");
  private static final Pattern MEMORY =
      Pattern.compile(
          "(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
  private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");
  private static final Pattern SHARED = Pattern.compile("(\\d+) bytes smem");

  /** A kernel's code is a section of this name and its own. */
  private static final String CODE = ".text.";

  private static final int INSTRUCTION_BYTES = 16;

  /** Instructions that do nothing fill the end of a section: all have this operation code. */
  private static final int FILLING = 0x918;

  private static final int OPERATION_CODE = 0xfff;

  /**
   * Reads what NVRTC has made.
   *
   * @param log what ptxas has told
   * @param image the cubin
   */
  static List<CompiledKernel> of(String log, byte[] image) {
    var instructions = instructions(ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN));
    var kernels = new ArrayList<CompiledKernel>();
    for (var part : log.split("(?=ptxas info *: Compiling entry function)")) {
      var entry = ENTRY.matcher(part);
      if (entry.find()) {
        var memory = MEMORY.matcher(part);
        if (!memory.find()) {
          throw new IllegalStateException("ptxas does not tell the memory of a kernel: " + part);
        }
        kernels.add(
            new CompiledKernel(
                entry.group(1),
                number(REGISTERS, part),
                Integer.parseInt(memory.group(1)),
                Integer.parseInt(memory.group(2)) + Integer.parseInt(memory.group(3)),
                number(SHARED, part),
                instructions.get(entry.group(1))));
      }
    }
    return kernels;
  }

  /** Returns what a log says beside what ptxas tells of each kernel: warnings. */
  static String warnings(String log) {
    return log.lines()
        .filter(line -> !line.startsWith("ptxas info") && !line.matches("ptxas +\\. .*"))
        .reduce("", (a, b) -> a + b + "\n");
  }

  private static int number(Pattern pattern, String text) {
    var found = pattern.matcher(text);
    return found.find() ? Integer.parseInt(found.group(1)) : 0;
  }

  /** The number of instructions of each kernel in an ELF file of 64 bits. */
  private static Map<String, Integer> instructions(ByteBuffer elf) {
    long sections = elf.getLong(0x28);
    int sectionBytes = Short.toUnsignedInt(elf.getShort(0x3a));
    int count = Short.toUnsignedInt(elf.getShort(0x3c));
    int names = offset(elf, sections, sectionBytes, Short.toUnsignedInt(elf.getShort(0x3e)));
    var instructions = new HashMap<String, Integer>();
    for (int i = 0; i < count; i++) {
      var name = name(elf, names + elf.getInt((int) sections + i * sectionBytes));
      if (name.startsWith(CODE)) {
        int size = (int) elf.getLong((int) sections + i * sectionBytes + 0x20);
        instructions.put(
            name.substring(CODE.length()),
            withoutFilling(elf, offset(elf, sections, sectionBytes, i), size / INSTRUCTION_BYTES));
      }
    }
    return instructions;
  }

  private static int withoutFilling(ByteBuffer elf, int from, int count) {
    int rest = count;
    while (rest > 0
        && (elf.getInt(from + (rest - 1) * INSTRUCTION_BYTES) & OPERATION_CODE) == FILLING) {
      rest--;
    }
    return rest;
  }

  private static int offset(ByteBuffer elf, long sections, int sectionBytes, int section) {
    return (int) elf.getLong((int) sections + section * sectionBytes + 0x18);
  }

  private static String name(ByteBuffer elf, int at) {
    int end = at;
    while (elf.get(end) != 0) {
      end++;
    }
    return new String(elf.array(), at, end - at, StandardCharsets.US_ASCII);
  }

  @Override
  public int compareTo(CompiledKernel other) {
    return entry.compareTo(other.entry);
  }

  @Override
  public String toString() {
    return "%s,%d,%d,%d,%d,%d"
        .formatted(entry, registers, stackBytes, spillBytes, sharedBytes, instructions);
  }
}
