package io.kiln.nn.kernel;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Asks the JVM and the operating system what the machine has: the module {@code
 * jdk.incubator.vector} must be added, as the Spark launcher does, and the machine must multiply
 * and add in one instruction. Where they are not one, Java computes a fused one exactly in
 * software, thousands of times slower.
 */
final class MachineProbe {
  private static final String MODULE = "jdk.incubator.vector";
  private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

  /** What almost every processor has at least, where the operating system does not say. */
  private static final int FIRST = 32 << 10;

  private static final int SECOND = 512 << 10;

  private MachineProbe() {}

  /** What was found of vectors. */
  private record Found(int bits, int registers, String reason) {
    static Found none(String reason) {
      return new Found(0, 0, reason);
    }
  }

  static Machine here() {
    Found found = vectors(System.getProperty("kiln.vector", "true"));
    return Machine.of(
        found.bits,
        found.registers,
        cache(1, FIRST),
        cache(2, SECOND),
        cache(3, 0),
        Runtime.getRuntime().availableProcessors(),
        Blas.isNative(),
        found.reason);
  }

  private static Found vectors(String wanted) {
    if (wanted.equals("false")) {
      return Found.none("kiln.vector=false was asked for");
    }
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return Found.none("add --add-modules " + MODULE);
    }
    if (flag("UseFMA", "true").equals("false")) {
      return Found.none("this CPU has no fused multiply-add, or the JVM does not use it");
    }
    int preferred;
    try {
      preferred = Rooms.vectorBits();
    } catch (ReflectiveOperationException | LinkageError e) {
      return Found.none("not built in, or another JVM's Vector API: " + e);
    }
    if (wanted.equals("128") || wanted.equals("256") || wanted.equals("512")) {
      int bits = Integer.parseInt(wanted);
      String reason =
          bits > preferred ? "emulated: this machine's vectors have " + preferred + " bits" : "";
      return new Found(bits, bits == 256 ? 16 : 32, reason);
    }
    String reason =
        wanted.equals("true")
            ? ""
            : "kiln.vector=" + wanted + " is not true, false, 128, 256 or 512";
    if (preferred < 128) {
      return Found.none("this machine's vectors have " + preferred + " bits");
    }
    return new Found(preferred, registers(preferred), reason);
  }

  /** Intel's and AMD's processors have 32 registers with AVX-512 only; others (ARM) have 32. */
  private static int registers(int bits) {
    String avx = flag("UseAVX", "");
    return bits >= 512 || avx.isEmpty() || Integer.parseInt(avx) > 2 ? 32 : 16;
  }

  /** The value of a flag of the JVM, or another one where the JVM does not know the flag. */
  private static String flag(String name, String otherwise) {
    try {
      HotSpotDiagnosticMXBean flags =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      return flags == null ? otherwise : flags.getVMOption(name).getValue();
    } catch (IllegalArgumentException e) {
      return otherwise;
    }
  }

  /** Bytes of the cache of data at that level, as Linux tells them. */
  private static int cache(int level, int otherwise) {
    for (int index = 0; index < 8; index++) {
      Path folder = CACHES.resolve("index" + index);
      try {
        String type = Files.readString(folder.resolve("type")).strip();
        int found = Integer.parseInt(Files.readString(folder.resolve("level")).strip());
        if (found == level && !type.equals("Instruction")) {
          return bytes(Files.readString(folder.resolve("size")).strip(), otherwise);
        }
      } catch (IOException | NumberFormatException e) {
        return otherwise;
      }
    }
    return otherwise;
  }

  /** Bytes of a size like 32K or 2M. */
  static int bytes(String size, int otherwise) {
    String text = size.toUpperCase(Locale.ROOT);
    int shift = text.endsWith("K") ? 10 : text.endsWith("M") ? 20 : 0;
    try {
      long count = Long.parseLong(shift > 0 ? text.substring(0, text.length() - 1) : text);
      long all = count << shift;
      return all > 0 && all <= Integer.MAX_VALUE ? (int) all : otherwise;
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }
}
