package io.kiln.nn.kernel;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Constructor;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the loops written with the Vector API, where the JVM has it: the module {@code
 * jdk.incubator.vector} must be added, as the Spark launcher does, and the machine must multiply
 * and add in one instruction. Without it everything works, slower.
 *
 * <p>The system property {@code kiln.vector} chooses: {@code true} (default: as wide as the JVM
 * prefers), {@code false} (plain loops), or {@code 128}, {@code 256} or {@code 512} bits. A machine
 * without vectors of that width emulates them, very slowly: that is for tests, which so take the
 * paths of other machines.
 */
final class Vectors {
  private static final String MODULE = "jdk.incubator.vector";

  /** Width from which products in Java are as fast as a native BLAS: there are 32 registers. */
  private static final int WIDE = 512;

  private static final Choice CHOICE = choose();
  private static final int BITS = CHOICE.bits;

  private Vectors() {}

  /**
   * What was found.
   *
   * @param reason why it is not as one might expect; else empty
   */
  private record Choice(int bits, String reason) {}

  /** Bits of a vector, 0 if the loops of the Vector API are not used. */
  static int bits() {
    return BITS;
  }

  /** Why vectors are not in use, or not as asked for; empty if they are. */
  static String reason() {
    return CHOICE.reason;
  }

  /** Whether the loops can be had in vectors of so many bits. */
  static boolean isWidth(int bits) {
    return bits == 128 || bits == 256 || bits == WIDE;
  }

  /** Whether products are done with the Vector API too. */
  static boolean multiply() {
    return BITS >= WIDE;
  }

  private static Choice choose() {
    String wanted = System.getProperty("kiln.vector", "true");
    if (wanted.equals("false")) {
      return new Choice(0, "kiln.vector=false was asked for");
    }
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return new Choice(0, "add --add-modules " + MODULE);
    }
    if (!multipliesAndAdds()) {
      return new Choice(0, "this CPU has no fused multiply-add, or the JVM does not use it");
    }
    try {
      Class<?> found = Class.forName(Vectors.class.getPackageName() + ".VectorBits");
      int bits = ((IntSupplier) found.getDeclaredConstructor().newInstance()).getAsInt();
      boolean known = wanted.equals("true") || wanted.equals(Integer.toString(bits));
      return new Choice(
          bits, known ? "" : "kiln.vector=" + wanted + " is not true, false, 128, 256 or 512");
    } catch (ReflectiveOperationException | LinkageError e) {
      return new Choice(0, "not built in, or another JVM's Vector API: " + e);
    }
  }

  /**
   * Whether a product and a sum are one instruction here. Where they are not, Java computes a fused
   * one exactly in software, thousands of times slower. A JVM that does not know the flag is not
   * HotSpot and is trusted.
   */
  private static boolean multipliesAndAdds() {
    try {
      HotSpotDiagnosticMXBean flags =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      return flags == null || flags.getVMOption("UseFMA").getValue().equals("true");
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  /** The products with vectors if they are wide enough, else the BLAS. */
  static Matrix matrix(String name, Matrix blas) {
    return multiply() ? orPlain(Matrix.class, name, blas) : blas;
  }

  /** The loops for images of that width, or null if products are not done with vectors. */
  static @Nullable ImageKernels images(String width) {
    if (!multiply()) {
      return null;
    }
    try {
      return new ImageKernels(
          make(IndirectMatrix.class, width + "VectorIndirect"),
          make(ChannelsLast.class, width + "VectorChannelsLast"),
          make(PixelPooling.class, width + "VectorPixelPooling"),
          make(Winograd.class, width + "VectorWinograd"));
    } catch (ReflectiveOperationException | LinkageError e) {
      return null;
    }
  }

  private static <T> T make(Class<T> type, String name) throws ReflectiveOperationException {
    Class<?> found = Class.forName(Vectors.class.getPackageName() + "." + name);
    return type.cast(found.getDeclaredConstructor().newInstance());
  }

  /** The class of that name, or the plain one. */
  static Exponentials.Runs orPlain(String name, Exponentials.Runs plain) {
    if (BITS == 0) {
      return plain;
    }
    try {
      return make(Exponentials.Runs.class, name);
    } catch (ReflectiveOperationException | LinkageError e) {
      return plain;
    }
  }

  /** The class of that name made with the plain one, or the plain one. */
  static <T> T orPlain(Class<T> type, String name, T plain) {
    if (BITS == 0) {
      return plain;
    }
    try {
      Constructor<?> constructor =
          Class.forName(Vectors.class.getPackageName() + "." + name).getDeclaredConstructor(type);
      return type.cast(constructor.newInstance(plain));
    } catch (ReflectiveOperationException | LinkageError e) {
      return plain;
    }
  }
}
