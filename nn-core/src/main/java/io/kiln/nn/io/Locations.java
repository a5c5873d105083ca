package io.kiln.nn.io;

import java.util.regex.Pattern;

/** Paths and URIs as texts, the same for every {@link Storage}. */
public final class Locations {
  private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:.*");

  private Locations() {}

  /** Whether a path begins at a root or a scheme and so stands for itself. */
  public static boolean absolute(String path) {
    return path.startsWith("/") || SCHEME.matcher(path).matches();
  }

  /** A path below a root; an absolute path is itself. */
  public static String join(String root, String path) {
    if (root.isEmpty() || absolute(path)) {
      return path;
    }
    if (path.isEmpty()) {
      return root;
    }
    return root.endsWith("/") ? root + path : root + "/" + path;
  }

  /** The last part of a path. */
  public static String name(String path) {
    String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return trimmed.substring(trimmed.lastIndexOf('/') + 1);
  }
}
