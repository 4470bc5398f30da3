package io.zigma.codec;

/**
 * A linear autoencoder of squares of pixels, each C·f·f numbers with the columns fastest, then the
 * rows, then the channels: latent = encoder · square + offset, square = decoder · latent + mean.
 *
 * @param encoder c × C·f·f numbers
 * @param offset c numbers
 * @param decoder C·f·f × c numbers
 * @param mean C·f·f numbers
 */
public record LinearAutoencoder(float[] encoder, float[] offset, float[] decoder, float[] mean) {

    /** Returns the values of the parameter of a name, such as {@code encoder.weight}. */
    float[] values(String name) {
        return switch (name) {
            case "encoder.weight" -> encoder.clone();
            case "encoder.bias" -> offset.clone();
            case "decoder.weight" -> decoder.clone();
            case "decoder.bias" -> mean.clone();
            default -> throw new IllegalArgumentException("no linear part is called " + name);
        };
    }
}
