import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes the class FloatVectorTiles: the inner products of all tile sizes, each unrolled so that its
 * sums stay in registers. Where B is packed its index is the loop's own times a constant, which
 * saves the JVM a check and a register: a sixth of the time where two products are done at once.
 * Run by the build: {@code java Tiles.java FOLDER}.
 *
 * <p>A method of more than about 1 600 bytes of code can be too much for the JVM's first compiler
 * ("out of virtual registers"), which then never hands it on to the second.
 */
final class Tiles {
  /** Rows of the tiles that are 1, 2, 3 and 4 vectors wide: sums, one row of B and one number of A fit into 32. */
  private static final int[][] TALL = {{12, 4, 1}, {10, 4, 1}, {7, 4, 1}, {6, 4, 2, 1}};

  /** Rows of the tiles for which A is packed too: no places of its rows need registers. */
  private static final int[][] BOTH = {{12, 8, 6}, {12, 8, 6}, {8, 6}, {6}};

  private final StringBuilder text = new StringBuilder();

  private Tiles() {}

  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0], "io", "kiln", "nn", "kernel", "FloatVectorTiles.java");
    String source = new Tiles().source();
    if (!Files.exists(file) || !Files.readString(file).equals(source)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, source);
    }
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private String source() {
    line("package io.kiln.nn.kernel;");
    line("");
    line("import jdk.incubator.vector.FloatVector;");
    line("import jdk.incubator.vector.VectorSpecies;");
    line("");
    line("/** Made by src/build/Tiles.java. */");
    line("final class FloatVectorTiles {");
    line("  static final VectorSpecies<Float> SPECIES = FloatVectorLanes.SPECIES;");
    line("  static final int LANES = SPECIES.length();");
    line("");
    line("  private FloatVectorTiles() {}");
    tallest();
    for (boolean tabled : new boolean[] {true, false}) {
      run(tabled);
      for (int wide = 1; wide <= TALL.length; wide++) {
        for (int tall : TALL[wide - 1]) {
          tile(tall, wide, tabled, true);
          tile(tall, wide, tabled, false);
        }
      }
    }
    runBoth();
    for (int wide = 1; wide <= BOTH.length; wide++) {
      for (int tall : BOTH[wide - 1]) {
        bothTile(tall, wide);
      }
    }
    line("}");
    return text.toString();
  }

  private void tallest() {
    line("");
    line("  /** Rows of the tallest tile that is so many vectors wide and has at most so many rows. */");
    line("  static int tallest(int wide, int rows) {");
    for (int wide = 1; wide <= TALL.length; wide++) {
      line("    if (wide == %d) {", wide);
      for (int tall : TALL[wide - 1]) {
        if (tall > 1) {
          line("      if (rows >= %d) {", tall);
          line("        return %d;", tall);
          line("      }");
        }
      }
      line("    }");
    }
    line("    return 1;");
    line("  }");
  }

  private static String parameters(boolean tabled) {
    return "int deep, float[] a, int atA, int[] rows, int atRow, "
        + (tabled ? "int[] columns, int atColumn, " : "")
        + "float[] b, int atB, int stepB, float[] first, int atFirst, int[] rowsFirst, int fromFirst,"
        + " float[] c, int atC, int[] rowsC, int fromC";
  }

  private static String arguments(boolean tabled) {
    return parameters(tabled).replaceAll("(int|float)(\\[\\])? ", "");
  }

  /** Without a table of columns the index of A is the loop's own, whose checks the JVM leaves out. */
  private void run(boolean tabled) {
    line("");
    line(
        "  /** c[i, j] = first[i, j] + sum over p of a[atA + rows[i] + %s] * b[p, j]. */",
        tabled ? "columns[p]" : "p");
    line("  static void run(int wide, int tall, %s) {", parameters(tabled));
    line("    boolean packed = stepB == wide * LANES;");
    line("    switch (32 * wide + 2 * tall + (packed ? 1 : 0)) {");
    for (int wide = 1; wide <= TALL.length; wide++) {
      for (int tall : TALL[wide - 1]) {
        int at = 32 * wide + 2 * tall;
        line("      case %d -> tile%dx%d(%s);", at, tall, wide, arguments(tabled));
        line("      case %d -> packed%dx%d(%s);", at + 1, tall, wide, arguments(tabled));
      }
    }
    line("      default -> throw new IllegalArgumentException(tall + \" rows of \" + wide);");
    line("    }");
    line("  }");
  }

  /** Without a stride of B its index is the loop's own times a constant. */
  private void tile(int tall, int wide, boolean tabled, boolean packed) {
    line("");
    line(
        "  private static void %s%dx%d(%s) {",
        packed ? "packed" : "tile", tall, wide, parameters(tabled));
    for (int i = 0; i < tall; i++) {
      line("    int r%d = atA + rows[atRow + %d];", i, i);
      line("    int f%d = atFirst + rowsFirst[fromFirst + %d];", i, i);
      for (int j = 0; j < wide; j++) {
        line(
            "    FloatVector c%d%d = FloatVector.fromArray(SPECIES, first, f%d + %d * LANES);",
            i, j, i, j);
      }
    }
    if (!packed) {
      line("    int row = atB;");
    }
    line("    for (int p = 0; p < deep; p++) {");
    if (tabled) {
      line("      int q = columns[atColumn + p];");
    }
    for (int j = 0; j < wide; j++) {
      String row = packed ? "atB + p * " + wide + " * LANES" : "row";
      line("      FloatVector b%d = FloatVector.fromArray(SPECIES, b, %s + %d * LANES);", j, row, j);
    }
    if (!packed) {
      line("      row += stepB;");
    }
    products(tall, wide, (tabled ? "q" : "p") + " + r");
    for (int i = 0; i < tall; i++) {
      line("    int d%d = atC + rowsC[fromC + %d];", i, i);
    }
    for (int i = 0; i < tall; i++) {
      for (int j = 0; j < wide; j++) {
        line("    c%d%d.intoArray(c, d%d + %d * LANES);", i, j, i, j);
      }
    }
    line("  }");
  }

  /** The sums of a row of B, and the loop's end; A's index is that text and the row. */
  private void products(int tall, int wide, String a) {
    line("      FloatVector x;");
    for (int i = 0; i < tall; i++) {
      line("      x = FloatVector.broadcast(SPECIES, a[%s%d]);", a, i);
      for (int j = 0; j < wide; j++) {
        line("      c%d%d = x.fma(b%d, c%d%d);", i, j, j, i, j);
      }
    }
    line("    }");
  }

  private static final String OF_BOTH =
      "int deep, float[] a, int atA, float[] b, int atB, float[] first, int atFirst, int downFirst,"
          + " float[] c, int atC, int downC";

  private void runBoth() {
    line("");
    line("  /** Rows of the tile for two packed operands that is so many vectors wide. */");
    line("  static int tallestBoth(int wide) {");
    line("    switch (wide) {");
    for (int wide = 1; wide < BOTH.length; wide++) {
      line("      case %d:", wide);
      line("        return %d;", BOTH[wide - 1][0]);
    }
    line("      default:");
    line("        return %d;", BOTH[BOTH.length - 1][0]);
    line("    }");
    line("  }");
    line("");
    line("  /** c[i, j] = first[i, j] + sum over p of a[p, i] * b[p, j], both packed. */");
    line("  static void runBoth(int wide, int tall, %s) {", OF_BOTH);
    line("    switch (16 * wide + tall) {");
    for (int wide = 1; wide <= BOTH.length; wide++) {
      for (int tall : BOTH[wide - 1]) {
        String arguments = OF_BOTH.replaceAll("(int|float)(\\[\\])? ", "");
        line("      case %d -> both%dx%d(%s);", 16 * wide + tall, tall, wide, arguments);
      }
    }
    line("      default -> throw new IllegalArgumentException(tall + \" rows of \" + wide);");
    line("    }");
    line("  }");
  }

  private void bothTile(int tall, int wide) {
    line("");
    line("  private static void both%dx%d(%s) {", tall, wide, OF_BOTH);
    for (int i = 0; i < tall; i++) {
      for (int j = 0; j < wide; j++) {
        line(
            "    FloatVector c%d%d ="
                + " FloatVector.fromArray(SPECIES, first, atFirst + %d * downFirst + %d * LANES);",
            i, j, i, j);
      }
    }
    line("    for (int p = 0; p < deep; p++) {");
    for (int j = 0; j < wide; j++) {
      line(
          "      FloatVector b%d ="
              + " FloatVector.fromArray(SPECIES, b, atB + p * %d * LANES + %d * LANES);",
          j, wide, j);
    }
    products(tall, wide, "atA + p * " + tall + " + ");
    for (int i = 0; i < tall; i++) {
      for (int j = 0; j < wide; j++) {
        line("    c%d%d.intoArray(c, atC + %d * downC + %d * LANES);", i, j, i, j);
      }
    }
    line("  }");
  }
}
