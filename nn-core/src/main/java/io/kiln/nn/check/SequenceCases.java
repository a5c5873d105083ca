package io.kiln.nn.check;

import static io.kiln.nn.autograd.GradientCheck.random;

import io.kiln.nn.op.Cell;
import io.kiln.nn.op.Embedding;
import io.kiln.nn.op.Permute;
import io.kiln.nn.op.Recurrent;
import io.kiln.nn.op.RecurrentExtras;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Embedding, recurrent cells, permuted axes. */
final class SequenceCases {
  private SequenceCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    Tensor words = Tensor.of(DType.FLOAT64, Shape.of(2, 4), 0, 3, 3, -1, 4, 0, 3, 1);
    cases.add(
        OpCase.with(
            "embedding", words, (v, c) -> Embedding.of(c.get(0), v.get(0)), random(1, 5, 3)));
    cases.add(OpCase.of("permute", v -> Permute.of(v.get(0), 2, 0, 3, 1), random(2, 2, 3, 4, 2)));
    cases.add(OpCase.of("permute/transpose", v -> Permute.transpose(v.get(0)), random(3, 3, 4)));
    for (Cell cell : Cell.values()) {
      recurrent(cases, cell);
    }
    return cases;
  }

  private static void recurrent(List<OpCase> cases, Cell cell) {
    String name = "recurrent/" + cell.name().toLowerCase(Locale.ROOT).replace('_', '-');
    int n = 3;
    int steps = 4;
    int h = 3;
    int wide = cell.gates() * h;
    Tensor a = random(11, n, steps, wide);
    Tensor w = random(12, wide, h);
    Tensor b = random(13, wide);
    Tensor h0 = random(14, n, h);
    Tensor c0 = random(15, n, h);
    Tensor mask = Tensor.of(DType.FLOAT64, Shape.of(n, steps), 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 0, 1);
    cases.add(
        OpCase.of(
            name + "-plain",
            v -> Recurrent.of(cell, v.get(0), v.get(1), RecurrentExtras.none()),
            a,
            w));
    if (cell.hasMemory()) {
      cases.add(
          OpCase.with(
              name,
              mask,
              (v, c) ->
                  Recurrent.of(
                      cell,
                      v.get(0),
                      v.get(1),
                      RecurrentExtras.none().withBias(v.get(2)).withState(v.get(3), v.get(4))),
              a,
              w,
              b,
              h0,
              c0));
    }
    cases.add(
        OpCase.with(
            name + "-masked",
            mask,
            (v, c) ->
                Recurrent.of(
                    cell,
                    v.get(0),
                    v.get(1),
                    RecurrentExtras.none()
                        .withBias(v.get(2))
                        .withState(v.get(3), null)
                        .withMask(c.get(0))),
            a,
            w,
            b,
            h0));
  }
}
