package io.zigma.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.testing.Close;
import io.zigma.testing.Tolerance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProductPathTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 36, 64, 196})
    void bothPathsGiveTheSameProduct(int rows) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.randomNormal(new Shape(rows, 24));
            NDArray weight = manager.randomNormal(new Shape(10, 24));
            NDArray expected = Recording.off(() -> x.matMul(weight.transpose()));
            for (ProductPath path : ProductPath.values()) {
                NDArray product = Recording.off(() -> path.multiply(x, weight));
                // an image's pixels lie one after the other, channels last
                NDArray asRows =
                        product.getShape().dimension() == 2
                                ? product
                                : product.transpose(0, 2, 3, 1).reshape(rows, 10);
                Close.assertClose(path.name(), asRows, expected, Tolerance.ofLargest(1e-5, 1e-5));
            }
        }
    }
}
