package io.zigma.text;

import io.zigma.io.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of a tokenizer.
 *
 * @param files {@code tokenizer.json}
 */
record VocabularyFiles(List<Path> files) {

    private static final String TOKENIZER = "tokenizer.json";

    /**
     * Finds the files.
     *
     * @param folder an encoder's folder
     * @param kind the encoder's family
     * @return the files
     * @throws CheckpointException if there are none
     */
    static VocabularyFiles in(Path folder, String kind) throws CheckpointException {
        Path one = folder.resolve(TOKENIZER);
        if (Files.isRegularFile(one)) {
            return new VocabularyFiles(List.of(one));
        }
        throw new CheckpointException(
                "%s lacks the vocabulary of its text encoder: %s".formatted(folder, TOKENIZER));
    }

    /**
     * Reads the tokenizer.
     *
     * @return the tokenizer
     * @throws IOException if a file is damaged
     */
    Tokenizer read() throws IOException {
        Path file = files.get(0);
        return TokenizerJson.read(file.toString(), Files.readString(file));
    }
}
