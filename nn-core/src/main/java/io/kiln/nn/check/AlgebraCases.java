package io.kiln.nn.check;

import static io.kiln.nn.check.Waves.numbers;
import static io.kiln.nn.check.Waves.wave;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.algebra.BatchMatrixMultiply;
import io.kiln.nn.op.algebra.Einsum;
import io.kiln.nn.op.algebra.MatrixMultiply;
import io.kiln.nn.op.arithmetic.SumAxes;
import io.kiln.nn.op.sequence.Attention;
import io.kiln.nn.op.shape.Diagonal;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Products of matrices, sums over named axes, attention. */
final class AlgebraCases {
  private AlgebraCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>(products());
    cases.addAll(einsums());
    cases.addAll(attention());
    return cases;
  }

  private static List<OpCase> products() {
    return List.of(
        OpCase.of(
                "matrix-multiply",
                v -> MatrixMultiply.of(v.get(0), v.get(1)),
                wave(1, 3, 4),
                wave(2, 4, 5))
            .gives(-0.183693764539, -2.32405839501, -1.29891306817)
            .refuses(
                "matrix-multiply: A is [3, 4] but B is [5, 4]; A […, m, k] needs B […, k, n] with"
                    + " the same leading axes",
                Shape.of(3, 4),
                Shape.of(5, 4))
            .refuses(
                "matrix-multiply: A is [2, 3, 4] but rank 2 is needed",
                Shape.of(2, 3, 4),
                Shape.of(4, 5)),
        OpCase.of(
                "matrix-multiply/square", v -> MatrixMultiply.of(v.get(0), v.get(0)), wave(1, 4, 4))
            .gives(-1.1899021772, -2.41608284637),
        OpCase.of(
                "batch-matrix-multiply",
                v -> BatchMatrixMultiply.of(v.get(0), v.get(1)),
                wave(1, 2, 3, 3, 4),
                wave(2, 2, 3, 4, 2))
            .gives(-0.00608697240299, 2.4865470995, 0.356858465477)
            .refuses(
                "matrix-multiply: A is [2, 3, 4] but B is [3, 4, 5]; A […, m, k] needs B […, k, n]"
                    + " with the same leading axes",
                Shape.of(2, 3, 4),
                Shape.of(3, 4, 5)),
        OpCase.of("diagonal", v -> Diagonal.of(v.get(0), 0, 2), wave(1, 3, 2, 3))
            .gives(-0.361421808353, 0.623607840834)
            .refuses(
                "diagonal: axes 0 and 2 of [3, 2, 4] differ in size; they must be equal",
                Shape.of(3, 2, 4)),
        OpCase.of("sum-axes", v -> SumAxes.of(v.get(0), 0, 2), wave(1, 3, 2, 4))
            .gives(0.191839978398, 0.297642201224)
            .refuses(
                "sum-axes: axes are [0, 2] but x is [3, 2]; name each axis at most once",
                Shape.of(3, 2)),
        OpCase.of("sum-axes/all", v -> SumAxes.all(v.get(0)), wave(1, 3, 2))
            .gives(-0.0606868601512, -0.0463726413634));
  }

  private static List<OpCase> einsums() {
    return List.of(
        einsum("ij,jk->ik", wave(1, 3, 4), wave(2, 4, 2))
            .gives(-3.38334726085, -1.54179768072, 2.12319525656)
            .refuses(
                "einsum: 'ij,jk->ik': axis 'j' is 4 but in operand 1 5; write it like ij,jk->ik",
                Shape.of(3, 4),
                Shape.of(5, 2)),
        einsum("ij,jk", wave(1, 3, 4), wave(2, 4, 2))
            .gives(-3.38334726085, -1.54179768072, 2.12319525656),
        einsum("bij,bkj->bik", wave(1, 2, 3, 4), wave(2, 2, 5, 4))
            .gives(0.515157472274, 0.230937694381, 0.322919781159),
        einsum("ii->", wave(1, 3, 3)).gives(0.22497226999, -0.0146640078496),
        einsum("ii->i", wave(1, 3, 3)).gives(-0.0243565784358, -1.00002818935),
        einsum("ij->j", wave(1, 3, 4)).gives(-0.296158631501, 0.0425427995813),
        einsum("ij->ji", wave(1, 3, 4)).gives(0.66469613064, -1.34035836614),
        einsum("i,j->ij", wave(1, 3), wave(2, 4))
            .gives(0.577247503886, -1.56038759322, -1.0853614248),
        einsum("ij,ij->", wave(1, 3, 4), wave(2, 3, 4))
            .gives(0.905895790082, 0.0943452346133, -0.114616137869),
        einsum("ij,jk,kl->il", wave(1, 2, 3), wave(2, 3, 4), wave(3, 4, 2))
            .gives(-1.81397573522, -3.39782897349, -0.216032017867, 0.571634261967),
        einsum("...ij,...jk->...ik", wave(1, 2, 2, 3, 4), wave(2, 2, 2, 4, 2))
            .gives(-2.39510199863, 0.0979594786648, 5.09532150247),
        einsum("iik,kl->li", wave(1, 3, 3, 2), wave(2, 2, 4))
            .gives(1.57289554721, 1.48405880083, 2.30326551775),
        einsum(
                "bhqd,bhkd,bhke->bqhe",
                wave(1, 2, 2, 3, 2),
                wave(2, 2, 2, 4, 2),
                wave(3, 2, 2, 4, 3))
            .gives(-0.313112091285, 10.6116849019, 5.9002512548, -4.52728254082));
  }

  private static OpCase einsum(String formula, Tensor... operands) {
    return OpCase.of("einsum/" + formula, v -> Einsum.of(formula, v.toArray(new Var[0])), operands);
  }

  private static List<OpCase> attention() {
    Tensor mask = numbers(Shape.of(2, 4), 1, 1, 1, 0, 1, 1, 1, 1);
    return List.of(
        OpCase.of(
                "attention/self", v -> Attention.self(v.get(0), 2, false, null), wave(1, 2, 4, 12))
            .gives(-2.12377500444, 4.24286721786)
            .refuses(
                "attention: x is [2, 4, 11] but needs Q, K and V side by side, 3·d columns",
                Shape.of(2, 4, 11))
            .refuses(
                "attention: 2 heads came but there are 5 columns; the heads must divide them",
                Shape.of(2, 4, 15)),
        OpCase.of(
                "attention/causal", v -> Attention.self(v.get(0), 2, true, null), wave(1, 2, 4, 12))
            .gives(-1.13378252556, 5.82708232147),
        OpCase.with(
                "attention/masked",
                mask,
                (v, c) -> Attention.of(v.get(0), v.get(1), v.get(2), 2, false, c.get(0)),
                wave(1, 2, 3, 6),
                wave(2, 2, 4, 6),
                wave(3, 2, 4, 6))
            .gives(-0.00551016030996, 0.143521761175, -0.040348188533, -1.50912882981)
            .refuses(
                "attention: Q is [2, 3, 6] but K is [1, 4, 6]; samples and columns must be equal",
                Shape.of(2, 3, 6),
                Shape.of(1, 4, 6),
                Shape.of(1, 4, 6),
                Shape.of(2, 4))
            .refuses(
                "attention: mask is [2, 3] but [2, 4] is needed",
                Shape.of(2, 3, 6),
                Shape.of(2, 4, 6),
                Shape.of(2, 4, 6),
                Shape.of(2, 3)),
        OpCase.of(
                "attention/one-for-all",
                v -> Attention.of(v.get(0), v.get(0), v.get(0), 1, true, null),
                wave(1, 2, 3, 4))
            .gives(-3.22295205424, 2.71271986261));
  }
}
