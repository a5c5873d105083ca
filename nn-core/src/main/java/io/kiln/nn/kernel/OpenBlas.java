package io.kiln.nn.kernel;

import java.io.File;
import java.io.IOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Loads the OpenBLAS that comes with Kiln, without any installation on the machine.
 *
 * <p>JavaCPP unpacks the library once a user into its cache and loads it; netlib's JNI then opens
 * the same file. OpenBLAS is told to use one thread: Kiln threads over slices of the batch.
 */
final class OpenBlas {
  private OpenBlas() {}

  /** Path and version of the library, or an empty path and the reason. */
  record Loaded(String library, String version, String reason) {}

  static Loaded load() {
    try {
      String binding = Loader.load(openblas_nolapack.class);
      if (binding == null) {
        return new Loaded("", "", "no OpenBLAS for " + Loader.getPlatform() + " is bundled");
      }
      openblas_nolapack.blas_set_num_threads(1);
      File folder = new File(binding).getCanonicalFile().getParentFile();
      String version = openblas_nolapack.OPENBLAS_VERSION.trim();
      File[] libraries =
          folder.listFiles((in, name) -> name.matches("(lib)?openblas[._].*") && isLibrary(name));
      if (libraries != null && libraries.length > 0) {
        return new Loaded(libraries[0].getPath(), version, "");
      }
      return new Loaded("", "", "no OpenBLAS library in " + folder);
    } catch (IOException | RuntimeException | LinkageError e) {
      return new Loaded("", "", "OpenBLAS could not be loaded: " + because(e));
    }
  }

  /**
   * JavaCPP says of a cache that it may not run from no more than that the library is not there.
   */
  private static String because(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String said =
        String.valueOf(root.getMessage()).replaceFirst(" in java\\.library\\.path:.*", "");
    return said
        + "; it is unpacked to "
        + cache()
        + ", which must be writable and not mounted noexec: give another folder with"
        + " -Dorg.bytedeco.javacpp.cachedir=DIR (of executors by --conf"
        + " spark.executor.extraJavaOptions=-Dorg.bytedeco.javacpp.cachedir=DIR)";
  }

  private static String cache() {
    try {
      return Loader.getCacheDir().getPath();
    } catch (IOException | RuntimeException | LinkageError e) {
      return System.getProperty("user.home") + "/.javacpp/cache";
    }
  }

  private static boolean isLibrary(String name) {
    return name.contains(".so.") || name.endsWith(".dylib") || name.endsWith(".dll");
  }
}
