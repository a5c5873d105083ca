import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Writes the class FloatTiles: the inner products of all tile sizes, each unrolled so that its
 * sums stay in registers. Where B is packed its index is the loop's own times a constant, which
 * saves the JVM a check and a register: a sixth of the time where two products are done at once.
 * Run by the build: {@code java Tiles.java FOLDER}.
 *
 * <p>A method of more than about 1 600 bytes of code can be too much for the JVM's first compiler
 * ("out of virtual registers"), which then never hands it on to the second.
 */
final class Tiles {
  /** Rows of the tiles that are 1, 2, 3 and 4 vectors wide: sums, one row of B and one number of A fit into 32 registers. */
  private static final int[][] TALL = {{12, 4, 1}, {10, 4, 1}, {7, 4, 1}, {6, 4, 2, 1}};

  /** The same for 16 registers. */
  private static final int[][] TALL_16 = {{6, 4, 1}, {5, 4, 2, 1}, {4, 2, 1}};

  /**
   * Rows of the tiles of two vectors that take two rows of a packed B in a turn of their loop: with
   * vectors of 256 bits their multiplications are done before the loop's own instructions are. Taller
   * or wider ones then run out of registers.
   */
  private static final Set<Integer> TWICE = Set.of(5, 4);

  /** Rows of the tiles for which A is packed too: no places of its rows need registers. */
  private static final int[][] BOTH = {{12, 8, 6}, {12, 8, 6}, {8, 6}, {6}};

  /** The same for 16 registers. */
  private static final int[][] BOTH_16 = {{6}, {6, 4}, {4}};

  /** Numbers of tiles begin here if A has a table of columns, or is packed too. */
  private static final int TABLED = 256;

  private static final int PACKED = 512;

  private final StringBuilder text = new StringBuilder();

  private Tiles() {}

  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0], "io", "kiln", "nn", "kernel", "vector", "FloatTiles.java");
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
    line("package io.kiln.nn.kernel.vector;");
    line("");
    line("import io.kiln.nn.kernel.Machine;");
    line("import jdk.incubator.vector.FloatVector;");
    line("import jdk.incubator.vector.VectorSpecies;");
    line("");
    line("/** Made by src/build/Tiles.java. */");
    line("final class FloatTiles {");
    line("  static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;");
    line("  static final int LANES = SPECIES.length();");
    line("");
    line("  /** Whether there are 32 registers for vectors, not 16. */");
    line("  private static final boolean MANY = Machine.here().registers() >= 32;");
    line("");
    line("  private FloatTiles() {}");
    tallest();
    for (boolean tabled : new boolean[] {true, false}) {
      run(tabled);
      for (int wide = 1; wide <= TALL.length; wide++) {
        for (int tall : all(wide)) {
          tile(tall, wide, tabled, true, 1);
          tile(tall, wide, tabled, false, 1);
          if (takesTwice(tall, wide, tabled)) {
            tile(tall, wide, tabled, true, 2);
            pairs(tall, wide);
          }
        }
      }
    }
    runBoth();
    numbers();
    for (int wide = 1; wide <= BOTH.length; wide++) {
      for (int tall : allOfBoth(wide)) {
        bothTile(tall, wide);
      }
    }
    line("}");
    return text.toString();
  }

  /** Rows of all tiles of that width. */
  private static int[] all(int wide) {
    IntStream few = wide <= TALL_16.length ? IntStream.of(TALL_16[wide - 1]) : IntStream.empty();
    return IntStream.concat(IntStream.of(TALL[wide - 1]), few).sorted().distinct().toArray();
  }

  private static int[] allOfBoth(int wide) {
    IntStream few = wide <= BOTH_16.length ? IntStream.of(BOTH_16[wide - 1]) : IntStream.empty();
    return IntStream.concat(IntStream.of(BOTH[wide - 1]), few).sorted().distinct().toArray();
  }

  private void tallest() {
    line("");
    line("  /** Most vectors in a row of a tile. */");
    line("  static final int WIDEST = MANY ? %d : 2;", TALL.length);
    line("");
    line("  /** Rows of the tallest tile that is so many vectors wide and has at most so many rows. */");
    line("  static int tallest(int wide, int rows) {");
    line("    return MANY ? tallestOf32(wide, rows) : tallestOf16(wide, rows);");
    line("  }");
    tallest(32, TALL);
    tallest(16, TALL_16);
  }

  private void tallest(int registers, int[][] heights) {
    line("");
    line("  private static int tallestOf%d(int wide, int rows) {", registers);
    for (int wide = 1; wide <= heights.length; wide++) {
      line("    if (wide == %d) {", wide);
      for (int tall : heights[wide - 1]) {
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
    line("    int tile = 32 * wide + 2 * tall + (stepB == wide * LANES ? 1 : 0);");
    line("    if (FloatWarmth.isReady(%d + tile)) {", tabled ? TABLED : 0);
    line("      warm(tile, %s);", arguments(tabled));
    line("    } else {");
    String cold = tabled ? arguments(true) : arguments(false).replace("b, atB", "null, 0, b, atB");
    line("      FloatColdTiles.run(wide * LANES, tall, %s);", cold);
    line("    }");
    line("  }");
    line("");
    line("  private static void warm(int tile, %s) {", parameters(tabled));
    line("    switch (tile) {");
    for (int wide = 1; wide <= TALL.length; wide++) {
      for (int tall : all(wide)) {
        int at = 32 * wide + 2 * tall;
        line("      case %d -> tile%dx%d(%s);", at, tall, wide, arguments(tabled));
        String name = takesTwice(tall, wide, tabled) ? "pairs" : "packed";
        line("      case %d -> %s%dx%d(%s);", at + 1, name, tall, wide, arguments(tabled));
      }
    }
    line("      default -> throw new IllegalArgumentException(\"tile \" + tile);");
    line("    }");
    line("  }");
  }

  private static boolean takesTwice(int tall, int wide, boolean tabled) {
    return wide == 2 && TWICE.contains(tall) && !tabled;
  }

  /** An even number of rows two at a time, then the last. */
  private void pairs(int tall, int wide) {
    line("");
    line("  private static void pairs%dx%d(%s) {", tall, wide, parameters(false));
    line("    int even = MANY ? 0 : deep / 2 * 2;");
    line("    if (even > 0) {");
    line("      twice%dx%d(%s);", tall, wide, arguments(false).replaceFirst("deep", "even"));
    line("    }");
    line("    if (even < deep) {");
    line("      boolean goesOn = even > 0;");
    line(
        "      packed%dx%d(deep - even, a, atA + even, rows, atRow, b, atB + even * stepB, stepB,"
            + " goesOn ? c : first, goesOn ? atC : atFirst, goesOn ? rowsC : rowsFirst,"
            + " goesOn ? fromC : fromFirst, c, atC, rowsC, fromC);",
        tall, wide);
    line("    }");
    line("  }");
  }

  /** Without a stride of B its index is the loop's own times a constant. */
  private void tile(int tall, int wide, boolean tabled, boolean packed, int turn) {
    line("");
    line(
        "  private static void %s%dx%d(%s) {",
        turn > 1 ? "twice" : packed ? "packed" : "tile", tall, wide, parameters(tabled));
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
    line("    for (int p = 0; p < deep; p += %d) {", turn);
    if (tabled) {
      line("      int q = columns[atColumn + p];");
    }
    for (int again = 0; again < turn; again++) {
      for (int j = 0; j < wide; j++) {
        String row = packed ? "atB + p * " + wide + " * LANES" : "row";
        line(
            "      %sb%d = FloatVector.fromArray(SPECIES, b, %s + %d * LANES);",
            again == 0 ? "FloatVector " : "", j, row, again * wide + j);
      }
      if (!packed) {
        line("      row += stepB;");
      }
      products(tall, wide, (tabled ? "q" : "p") + " + r", again);
    }
    line("    }");
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

  /** The sums of a row of B; A's index is that text, the row, and how many rows of B came before. */
  private void products(int tall, int wide, String a, int before) {
    if (before == 0) {
      line("      FloatVector x;");
    }
    String more = before == 0 ? "" : " + " + before;
    for (int i = 0; i < tall; i++) {
      line("      x = FloatVector.broadcast(SPECIES, a[%s%d%s]);", a, i, more);
      for (int j = 0; j < wide; j++) {
        line("      c%d%d = x.fma(b%d, c%d%d);", i, j, j, i, j);
      }
    }
  }

  private static final String OF_BOTH =
      "int deep, float[] a, int atA, float[] b, int atB, float[] first, int atFirst, int downFirst,"
          + " float[] c, int atC, int downC";

  private void runBoth() {
    line("");
    line("  /** Rows of the tiles for two packed operands, if a row of C has so many vectors. */");
    line("  static int tallestBoth(int vectors) {");
    line("    int wide = FloatPanels.wide(vectors);");
    for (int wide = 1; wide <= BOTH.length; wide++) {
      line("    if (wide == %d) {", wide);
      int[] few = wide <= BOTH_16.length ? BOTH_16[wide - 1] : BOTH[wide - 1];
      line("      return MANY ? %d : %d;", BOTH[wide - 1][0], few[0]);
      line("    }");
    }
    line("    throw new IllegalArgumentException(wide + \" vectors\");");
    line("  }");
    line("");
    line("  /** c[i, j] = first[i, j] + sum over p of a[p, i] * b[p, j], both packed. */");
    String arguments = OF_BOTH.replaceAll("(int|float)(\\[\\])? ", "");
    line("  static void runBoth(int wide, int tall, %s) {", OF_BOTH);
    line("    int tile = 32 * wide + 2 * tall;");
    line("    if (FloatWarmth.isReady(%d + tile)) {", PACKED);
    line("      warmBoth(tile, %s);", arguments);
    line("    } else {");
    line("      FloatColdTiles.runBoth(wide * LANES, tall, %s);", arguments);
    line("    }");
    line("  }");
    line("");
    line("  private static void warmBoth(int tile, %s) {", OF_BOTH);
    line("    switch (tile) {");
    for (int wide = 1; wide <= BOTH.length; wide++) {
      for (int tall : allOfBoth(wide)) {
        line("      case %d -> both%dx%d(%s);", 32 * wide + 2 * tall, tall, wide, arguments);
      }
    }
    line("      default -> throw new IllegalArgumentException(\"tile \" + tile);");
    line("    }");
    line("  }");
  }

  /** What can be said of a tile by its number, and a call of it. */
  private void numbers() {
    line("");
    line("  /** Numbers of tiles are below this. */");
    line("  static final int COUNT = %d;", PACKED + 256);
    line("");
    line("  /** Multiplications of vectors in a step of a tile's loop. */");
    line("  static int multiplications(int tile) {");
    line("    return tile %% 256 / 32 * (tile %% 32 / 2);");
    line("  }");
    line("");
    line("  /** A tile with operands that begin at 0; {@code stepB} is for those whose B is not packed. */");
    line(
        "  static void run(int tile, int deep, float[] a, int[] rows, int[] columns, float[] b,"
            + " int stepB, float[] c, int[] rowsC, int downC) {");
    line("    int kind = tile %% 256;");
    line("    int step = kind %% 2 == 1 ? kind / 32 * LANES : stepB;");
    line("    switch (tile / 256) {");
    line("      case 0 -> warm(kind, deep, a, 0, rows, 0, b, 0, step, c, 0, rowsC, 0, c, 0, rowsC, 0);");
    line(
        "      case 1 -> warm(kind, deep, a, 0, rows, 0, columns, 0, b, 0, step, c, 0, rowsC, 0, c, 0, rowsC, 0);");
    line("      default -> warmBoth(kind, deep, a, 0, b, 0, c, 0, downC, c, 0, downC);");
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
    products(tall, wide, "atA + p * " + tall + " + ", 0);
    line("    }");
    for (int i = 0; i < tall; i++) {
      for (int j = 0; j < wide; j++) {
        line("    c%d%d.intoArray(c, atC + %d * downC + %d * LANES);", i, j, i, j);
      }
    }
    line("  }");
  }
}
