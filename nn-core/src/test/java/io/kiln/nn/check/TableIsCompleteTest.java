package io.kiln.nn.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.kiln.nn.autograd.Op;
import io.kiln.nn.layer.Layers;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.op.Ops;
import io.kiln.nn.tensor.DType;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** An op, a layer or a loss without a row fails here: whoever adds one adds a row. */
class TableIsCompleteTest {
  private static final List<OpCase> ROWS = OpCases.all();

  /** Ops that take whatever shape comes. */
  private static final Set<String> REFUSE_NOTHING = Set.of("Activation", "Exp", "Log", "Relu");

  @Test
  void everyOpHasARow() {
    assertThat(opsWithoutRow(ROWS)).isEmpty();
    List<OpCase> without = ROWS.stream().filter(row -> !row.name().startsWith("gram")).toList();
    assertThat(
            opsWithoutRow(without.stream().filter(row -> !row.name().contains("style")).toList()))
        .containsExactly("Gram");
  }

  @Test
  void everyOpThatCanRefuseHasARowOfErrorText() {
    Set<String> without =
        opsWithoutRow(ROWS.stream().filter(r -> !r.refusals().isEmpty()).toList());
    assertThat(without).isSubsetOf(REFUSE_NOTHING);
  }

  @Test
  void everyLayerHasARowWithErrorText() {
    assertThat(Layers.names()).contains("dense", "batch-norm", "transformer-block", "residual");
    assertThat(withoutRow("layer/", Layers.names(), row -> true)).isEmpty();
    assertThat(withoutRow("layer/", Layers.names(), row -> !row.refusals().isEmpty())).isEmpty();
    assertThat(withoutRow("layer/", List.of("no-such"), row -> true)).containsExactly("no-such");
  }

  @Test
  void everyLossHasARowWithErrorText() {
    assertThat(Losses.names()).contains("softmax-cross-entropy", "huber", "temporal-softmax");
    assertThat(withoutRow("loss/", Losses.names(), row -> true)).isEmpty();
    assertThat(withoutRow("loss/", Losses.names(), row -> !row.refusals().isEmpty())).isEmpty();
  }

  @Test
  void wholeNetsAreThereWithTheirNarrowBound() {
    List<OpCase> nets = ROWS.stream().filter(row -> row.name().startsWith("net/")).toList();
    assertThat(nets)
        .extracting(OpCase::name)
        .contains(
            "net/linear", "net/two-layer", "net/cnn", "net/rnn", "net/lstm", "net/transformer");
    assertThat(nets).extracting(OpCase::bound).containsOnly(OpCase.NET_BOUND);
  }

  @Test
  void namesDiffer() {
    assertThat(ROWS).extracting(OpCase::name).doesNotHaveDuplicates();
  }

  private static Set<String> opsWithoutRow(List<OpCase> rows) {
    Set<String> ops =
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(Ops.class.getPackageName())
                .stream()
                .filter(one -> one.isAssignableTo(Op.class))
                .map(JavaClass::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));
    assertThat(ops).contains("Affine", "Recurrent", "TotalVariation");
    for (OpCase row : rows) {
      row.recorded(DType.FLOAT64)
          .tape()
          .ops()
          .forEach(op -> ops.remove(op.getClass().getSimpleName()));
    }
    return ops;
  }

  private static List<String> withoutRow(
      String family, List<String> names, Predicate<OpCase> fits) {
    return names.stream()
        .filter(
            name ->
                ROWS.stream()
                    .filter(fits)
                    .noneMatch(row -> (row.name() + "/").startsWith(family + name + "/")))
        .toList();
  }
}
