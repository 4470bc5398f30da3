package io.zigma.text;

import io.zigma.io.CheckpointException;
import io.zigma.io.ContentHash;
import io.zigma.io.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A user's own text encoder: a folder with {@code config.json}, one or more safetensors files and
 * the vocabulary, as Hugging Face's hub has them.
 *
 * @param folder where it is
 * @param reference the folder's name, and the hash of weights, vocabulary and shape
 * @param spec the network's shape
 * @param vocabulary the files of the vocabulary
 */
record EncoderFolder(
        Path folder, TextEncoderReference reference, TextModelSpec spec, VocabularyFiles vocabulary)
        implements FrozenEncoder.Source {

    static final String CONFIG = "config.json";

    /**
     * Reads what is needed to know the encoder: its shape, its tensors' names and its hash.
     *
     * @param folder a folder
     * @return the encoder, whose weights are not loaded
     * @throws IOException if it holds no encoder, or files of it are missing or damaged
     */
    static EncoderFolder read(Path folder) throws IOException {
        Path config = folder.resolve(CONFIG);
        if (!Files.isRegularFile(config)) {
            throw new CheckpointException(
                    "%s is no text encoder: it lacks %s".formatted(folder, CONFIG));
        }
        try (WeightFiles weights = WeightFiles.open(folder)) {
            TextModelSpec spec = TextModels.read(Fields.read(config), weights.shapes().keySet());
            VocabularyFiles vocabulary = VocabularyFiles.in(folder, spec.kind());
            Tokenizer tokenizer = vocabulary.read();
            if (tokenizer.largestId() >= spec.vocabulary()) {
                throw new CheckpointException(
                        "%s has a token of number %s, %s has a vocabulary of %s"
                                .formatted(
                                        vocabulary.files().get(0),
                                        tokenizer.largestId(),
                                        config,
                                        spec.vocabulary()));
            }
            WeightFeed.matched(spec.network(), weights);
            String name = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
            return new EncoderFolder(
                    folder,
                    new TextEncoderReference(name, hash(spec, weights.files(), vocabulary)),
                    spec,
                    vocabulary);
        }
    }

    /**
     * Hashes a folder that may hold an encoder.
     *
     * @return the hash, or empty if it holds none that can be read
     */
    static Optional<String> hashOf(Path folder) {
        try {
            return Optional.of(read(folder).reference().hash());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The shape is part of it: with other heads the same weights give other numbers. */
    private static String hash(TextModelSpec spec, List<Path> weights, VocabularyFiles vocabulary)
            throws IOException {
        ContentHash hash = new ContentHash().add(spec.toString());
        for (Path file : weights) {
            hash.add(ContentHash.ofFile(file));
        }
        for (Path file : vocabulary.files()) {
            hash.add(ContentHash.ofFile(file));
        }
        return hash.hex();
    }

    @Override
    public Tokenizer tokenizer() throws IOException {
        return vocabulary.read();
    }

    @Override
    public TextWeights weights() throws IOException {
        return WeightFiles.open(folder);
    }
}
