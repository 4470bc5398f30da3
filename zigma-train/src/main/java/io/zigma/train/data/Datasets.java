package io.zigma.train.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Opens data sets of every known kind. */
public final class Datasets {

    // the first kind that recognises a folder opens it
    private static final List<DatasetKind> KINDS = List.of(IdxFolder.KIND, ImageFolder.KIND);

    private Datasets() {}

    /**
     * Opens the data set in a folder, whatever its kind.
     *
     * @param folder the folder
     * @param options size, labels, part, memory
     * @return the data set, checked
     * @throws DatasetException if there is no folder, no kind fits, or the data is damaged
     * @throws IOException if reading fails
     */
    public static ImageDataset open(Path folder, DatasetOptions options) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new DatasetException(
                    folder
                            + (Files.exists(folder)
                                    ? ": this is a file; give the folder that holds the pictures"
                                    : ": there is no such folder"));
        }
        for (DatasetKind kind : KINDS) {
            if (kind.recognises(folder)) {
                return kind.open(folder, options);
            }
        }
        throw new DatasetException(
                "%s: no pictures found; a data set is a folder of %s"
                        .formatted(
                                folder,
                                KINDS.stream()
                                        .map(DatasetKind::description)
                                        .collect(Collectors.joining(", or "))));
    }
}
