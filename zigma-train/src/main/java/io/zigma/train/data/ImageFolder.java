package io.zigma.train.data;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A folder of picture files: one sub-folder a class, or no sub-folders and no classes. A folder of
 * nothing but archives is read as one data set, as the shards of WebDataset are.
 *
 * <p>Classes and files are taken in the order of their names, composed (NFC); links are followed.
 */
public final class ImageFolder implements DatasetKind {

    @Override
    public String name() {
        return "folder";
    }

    @Override
    public String description() {
        return "a folder of PNG, JPEG, WebP, TIFF, GIF or BMP files, one sub-folder a class";
    }

    @Override
    public boolean recognises(Path source) {
        return Files.isDirectory(source);
    }

    @Override
    public ImageDataset open(Path source, DatasetOptions options) throws IOException {
        PictureFiles.checked(FileNames.shown(source), options);
        Findings findings = new Findings();
        PictureStore store = options.clips() != null ? PictureStore.NONE : options.store(source);
        PictureTree.Branch tree =
                FolderTree.read(source, options.everything(), options.clips() != null, findings);
        if (tree.all().isEmpty() && findings.skipped().isEmpty()) {
            List<Path> archives = archives(source);
            if (!archives.isEmpty()) {
                return ImageArchive.open(source, archives, options, store);
            }
        }
        if (options.clips() != null) {
            return ClipFiles.open(tree, options, findings);
        }
        return PictureFiles.open(tree, options, findings, store);
    }

    private static List<Path> archives(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            files.forEach(
                    file -> {
                        if (ImageArchive.isArchive(file)) {
                            found.add(file);
                        }
                    });
        }
        found.sort(Comparator.comparing(FileNames::shown, FileNames.ORDER));
        return found;
    }
}
