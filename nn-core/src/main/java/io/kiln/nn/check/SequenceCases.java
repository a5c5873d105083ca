package io.kiln.nn.check;

import static io.kiln.nn.check.Waves.numbers;
import static io.kiln.nn.check.Waves.wave;

import io.kiln.nn.op.sequence.Cell;
import io.kiln.nn.op.sequence.Embedding;
import io.kiln.nn.op.sequence.Recurrent;
import io.kiln.nn.op.sequence.RecurrentExtras;
import io.kiln.nn.op.shape.Permute;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Embedding, recurrent cells, permuted axes. */
final class SequenceCases {
  private static final int N = 3;
  private static final int STEPS = 4;
  private static final int WIDTH = 3;
  private static final Tensor MASK =
      numbers(Shape.of(N, STEPS), 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 0, 1);

  private SequenceCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    Tensor words = numbers(Shape.of(2, 4), 0, 3, 3, -1, 4, 0, 3, 1);
    cases.add(
        OpCase.with("embedding", words, (v, c) -> Embedding.of(c.get(0), v.get(0)), wave(1, 5, 3))
            .gives(-1.01516637418, -1.55560262083)
            .refuses("embedding: W is [5] but rank 2 is needed", Shape.of(5), Shape.of(2, 4)));
    cases.add(
        OpCase.of("permute", v -> Permute.of(v.get(0), 2, 0, 3, 1), wave(2, 2, 3, 4, 2))
            .gives(-3.83254602927, 0.782461503752)
            .refuses(
                "permute: order is [2, 0, 3, 1] but x is [2, 3, 4]; name each of its 3 axes once",
                Shape.of(2, 3, 4)));
    cases.add(
        OpCase.of("permute/transpose", v -> Permute.transpose(v.get(0)), wave(3, 3, 4))
            .gives(-1.29569424763, -1.34035836614)
            .refuses("transpose: x is [3] but at least 2 axes are needed", Shape.of(3)));
    cases.addAll(recurrent());
    return cases;
  }

  private static List<OpCase> recurrent() {
    return List.of(
        plain("recurrent/tanh-plain", Cell.TANH)
            .gives(-4.43479615009, -1.4518626393, -0.589403653579)
            .refuses(
                "recurrent: a is [3, 4, 5] but W_hh is [3, 3]; a needs 3 columns",
                Shape.of(3, 4, 5),
                Shape.of(3, 3))
            .refuses(
                "recurrent: W_hh is [4, 3] but TANH of width 3 needs [3, 3]",
                Shape.of(3, 4, 3),
                Shape.of(4, 3)),
        plain("recurrent/relu-plain", Cell.RELU)
            .gives(-0.288965918773, -3.12944480832, 0.898152123198),
        plain("recurrent/lstm-plain", Cell.LSTM)
            .gives(-0.528902652245, -0.563516655136, 0.161370121637),
        plain("recurrent/lstm-ifog-plain", Cell.LSTM_IFOG)
            .gives(-0.739638194753, -0.0177162017772, -0.0702274212371),
        plain("recurrent/gru-plain", Cell.GRU).gives(2.07093608589, 1.0761685183, 0.410063078429),
        withStates("recurrent/lstm", Cell.LSTM)
            .gives(
                -1.73867243564,
                0.143316910165,
                -0.499908240822,
                0.397945744274,
                0.0864766094154,
                -0.136718441423),
        withStates("recurrent/lstm-ifog", Cell.LSTM_IFOG)
            .gives(
                -2.01755809172,
                -0.126964322726,
                -0.5994786297,
                0.73231819958,
                0.53844845294,
                -0.514361295505),
        masked("recurrent/tanh-masked", Cell.TANH)
            .gives(-4.33679630723, 0.775263294152, -0.321288070094, -0.286061246512, 1.9650492519)
            .refuses(
                "recurrent: mask is [3, 5] but [3, 4] is needed",
                Shape.of(3, 4, 3),
                Shape.of(3, 3),
                Shape.of(3),
                Shape.of(3, 3),
                Shape.of(3, 5))
            .refuses(
                "recurrent: h0 is [4, 3] but [3, 3] is needed",
                Shape.of(3, 4, 3),
                Shape.of(3, 3),
                Shape.of(3),
                Shape.of(4, 3),
                Shape.of(3, 4)),
        masked("recurrent/relu-masked", Cell.RELU)
            .gives(-8.10951621579, 0.566575620652, 1.62597240724, -2.71528208605, -0.99846441038),
        masked("recurrent/lstm-masked", Cell.LSTM)
            .gives(-1.58716137547, 0.187237029062, -0.504318546746, 1.12018922855, 0.0711210661372),
        masked("recurrent/lstm-ifog-masked", Cell.LSTM_IFOG)
            .gives(
                -1.15766944855,
                0.270630341094,
                -0.0381400080051,
                -0.0621458655724,
                -0.560917751945),
        masked("recurrent/gru-masked", Cell.GRU)
            .gives(
                -0.304217781614,
                -0.411791600018,
                -0.906738709118,
                0.310480015621,
                0.0996069319072));
  }

  private static Tensor a(Cell cell) {
    return wave(11, N, STEPS, cell.gates() * WIDTH);
  }

  private static Tensor w(Cell cell) {
    return wave(12, cell.gates() * WIDTH, WIDTH);
  }

  private static Tensor b(Cell cell) {
    return wave(13, cell.gates() * WIDTH);
  }

  private static OpCase plain(String name, Cell cell) {
    return OpCase.of(
        name,
        v -> Recurrent.of(cell, v.get(0), v.get(1), RecurrentExtras.none()),
        a(cell),
        w(cell));
  }

  private static OpCase withStates(String name, Cell cell) {
    return OpCase.of(
        name,
        v ->
            Recurrent.of(
                cell,
                v.get(0),
                v.get(1),
                RecurrentExtras.none().withBias(v.get(2)).withState(v.get(3), v.get(4))),
        a(cell),
        w(cell),
        b(cell),
        wave(14, N, WIDTH),
        wave(15, N, WIDTH));
  }

  private static OpCase masked(String name, Cell cell) {
    return OpCase.with(
        name,
        MASK,
        (v, c) ->
            Recurrent.of(
                cell,
                v.get(0),
                v.get(1),
                RecurrentExtras.none()
                    .withBias(v.get(2))
                    .withState(v.get(3), null)
                    .withMask(c.get(0))),
        a(cell),
        w(cell),
        b(cell),
        wave(14, N, WIDTH));
  }
}
