package io.zigma.codec;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Autoencoders with random weights that a test can afford. */
public final class TinyAutoencoders {

    /** Two pixels a latent, 4 channels, in the shape of published ones. */
    public static final AutoencoderConfig HALVING =
            new AutoencoderConfig(
                    3, 4, 4, 8, List.of(8, 16), 1, List.of(), true, 4, 1e-6, true, true, 0.5, 0);

    private TinyAutoencoders() {}

    /**
     * Returns the shape of one with so many channels that bfloat16 is worth it.
     *
     * @param pixelChannels 1 for grey, 3 for colour
     * @return two pixels a latent, 4 channels
     */
    public static AutoencoderConfig wide(int pixelChannels) {
        return new AutoencoderConfig(
                pixelChannels,
                4,
                4,
                64,
                List.of(64, 128),
                1,
                List.of(),
                true,
                32,
                1e-6,
                true,
                true,
                0.5,
                0);
    }

    /**
     * Draws all weights of a network.
     *
     * @param config its shape
     * @param seed decides the weights
     * @return values by name, so large that activations keep their size
     */
    public static Map<String, float[]> weights(AutoencoderConfig config, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, float[]> weights = new LinkedHashMap<>();
        new Autoencoder(config)
                .namedParameters()
                .forEach((name, parameter) -> weights.put(name, values(name, parameter, random)));
        return weights;
    }

    private static float[] values(String name, Parameter parameter, SplittableRandom random) {
        Shape shape = parameter.getShape();
        float[] values = new float[Math.toIntExact(shape.size())];
        boolean norm = name.contains("norm") && name.endsWith("weight");
        double size =
                shape.dimension() > 1 ? 1 / Math.sqrt((double) shape.size() / shape.get(0)) : 0.1;
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((norm ? 1 : 0) + size * random.nextDouble(-1.7, 1.7));
        }
        return values;
    }

    /**
     * Makes a codec.
     *
     * @param config its shape
     * @param seed decides the weights
     * @return a codec that the caller closes
     */
    public static AutoencoderCodec codec(AutoencoderConfig config, long seed) {
        return network(config, seed).codec(NDManager.newBaseManager());
    }

    /**
     * Makes a network.
     *
     * @param config its shape
     * @param seed decides the weights
     * @return a network with values
     */
    public static Autoencoder network(AutoencoderConfig config, long seed) {
        Autoencoder network = new Autoencoder(config);
        Map<String, float[]> weights = weights(config, seed);
        network.namedParameters()
                .forEach(
                        (name, parameter) ->
                                parameter.setInitializer(
                                        (owner, shape, type) ->
                                                owner.create(weights.get(name), shape)));
        network.initialize(NDManager.newBaseManager());
        return network;
    }
}
