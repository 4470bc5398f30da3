package io.zigma.text;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import io.zigma.op.EachSequence;
import io.zigma.op.Gelu;
import io.zigma.op.Scratch;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The activation between the two layers of a transformer's MLP. */
enum HiddenActivation {
    /** x · Φ(x) with the error function (Hendrycks and Gimpel 2016, section 2). */
    GELU(Activation::gelu),

    /** GELU in its tanh form. */
    GELU_NEW(Gelu::tanh),

    /** x · σ(1.702 · x), GELU's approximation that OpenAI's CLIP was trained with. */
    QUICK_GELU(x -> Scratch.freed(() -> Activation.sigmoid(x.mul(1.702f)).muli(x))),

    /** x · σ(x). */
    SILU(x -> Scratch.freed(() -> Activation.sigmoid(x).muli(x))),

    /** max(x, 0). */
    RELU(Activation::relu);

    private final UnaryOperator<NDArray> function;

    HiddenActivation(UnaryOperator<NDArray> function) {
        this.function = function;
    }

    /**
     * Applies the function to every element, of each text by itself.
     *
     * @param x (B, …)
     * @return (B, …)
     */
    NDArray apply(NDArray x) {
        return EachSequence.elementwise(x, function);
    }

    /**
     * Reads a name of Hugging Face's {@code hidden_act}.
     *
     * @param name such as {@code gelu}
     * @return the function
     * @throws IllegalArgumentException for any other name
     */
    static HiddenActivation parse(String name) {
        for (HiddenActivation activation : values()) {
            if (activation.toString().equals(name)) {
                return activation;
            }
        }
        throw new IllegalArgumentException(
                "the activation '%s' is not known; there are %s"
                        .formatted(
                                name,
                                Arrays.stream(values())
                                        .map(HiddenActivation::toString)
                                        .collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
