# SPDX-License-Identifier: MIT
complete -c egpu -f
complete -c egpu -n __fish_use_subcommand -a check -d 'judge every link of the chain'
complete -c egpu -n __fish_use_subcommand -a record -d 'keep what a check reads, redacted'
complete -c egpu -n __fish_use_subcommand -l root -r -a '(__fish_complete_directories)' -d 'read files below this directory'
complete -c egpu -n __fish_use_subcommand -l docker -r -d 'the container engine'
complete -c egpu -n __fish_use_subcommand -l deadline -r -d 'how long the driver may take, in milliseconds'
complete -c egpu -n __fish_use_subcommand -l version -d 'the version'
complete -c egpu -l help -d help
complete -c egpu -n '__fish_seen_subcommand_from check' -l json -d 'the verdict as JSON'
complete -c egpu -n '__fish_seen_subcommand_from check record' -s v -l verbose -d 'everything'
complete -c egpu -n '__fish_seen_subcommand_from check' -l timing -d 'what each source and link cost'
complete -c egpu -n '__fish_seen_subcommand_from check' -l link -r -a '(egpu check --list | string match -rg "^  ([a-z]+)")' -d 'one link only'
complete -c egpu -n '__fish_seen_subcommand_from check' -l list -d 'the links'
complete -c egpu -n '__fish_seen_subcommand_from check record' -l gpu -r -a 'external any' -d 'this GPU'
complete -c egpu -n '__fish_seen_subcommand_from check' -l display -d 'the GPU drives a monitor too'
complete -c egpu -n '__fish_seen_subcommand_from check record' -l host -r -F -d 'a recorded host'
complete -c egpu -n '__fish_seen_subcommand_from record' -s o -l output -r -F -d 'where to'
complete -c egpu -n '__fish_seen_subcommand_from record' -l force -d 'replace the file'
