# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# For the live tests: sourced, not run. TAP on stdout; all files live in $dir, which the test makes
# and removes.
: "${dir:=}"

skip() # REASON
{
	echo "1..0 # SKIP $*"
	exit 0
}

need_root()
{
	[ "$(id -u)" = 0 ] || skip "needs root"
}

need() # TOOL...
{
	for tool; do
		command -v "$tool" >/dev/null || skip "needs $tool"
	done
}

# ok NAME COMMAND...: one line of TAP, and what the command printed if it failed.
count=0 failed=0
ok()
{
	name=$1
	shift
	count=$((count + 1))
	if said=$("$@" 2>&1); then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
		printf '%s\n' "$said" | sed 's/^/# /' | tail -n 20
		failed=$((failed + 1))
	fi
}

# is WANTED COMMAND...: prints what it says instead.
is()
{
	wanted=$1
	shift
	got=$("$@" 2>/dev/null) || :
	[ "$got" = "$wanted" ] || {
		printf 'wanted: %s\ngot: %s\n' "$wanted" "$got"
		return 1
	}
}

done_testing()
{
	echo "1..$count"
	[ "$failed" = 0 ]
}

# A dockerd of our own on $dir/sock, which leaves that of the machine alone. Waits until it answers.
start_dockerd() # [OPTION...]
{
	export DOCKER_HOST="unix://$dir/sock"
	unset DOCKER_CONTEXT DOCKER_TLS_VERIFY
	dockerd --data-root "$dir/data" --exec-root "$dir/exec" --pidfile "$dir/pid" -H "$DOCKER_HOST" "$@" >"$dir/log" 2>&1 &
	dockerd_pid=$!
	for _ in $(seq 200); do
		docker version >/dev/null 2>&1 && return
		kill -0 $dockerd_pid 2>/dev/null || break
		sleep 0.1
	done
	skip "dockerd does not start here: $(tail -n 1 "$dir/log")"
}

remove_containers()
{
	docker ps -aq 2>/dev/null | xargs -r docker rm -f >/dev/null 2>&1 || :
}

# Ends it and its containers; twice is fine.
stop_dockerd()
{
	[ -n "${dockerd_pid:-}" ] || return 0
	kill -CONT "$dockerd_pid" 2>/dev/null || :
	remove_containers
	kill "$dockerd_pid" 2>/dev/null || :
	wait "$dockerd_pid" 2>/dev/null || :
	dockerd_pid=
}

# As a crash would, so that its socket stays. Its containerd is a child, and would live on.
kill_dockerd()
{
	remove_containers
	children=$(ps -o pid= --ppid "$dockerd_pid")
	# shellcheck disable=SC2086 # several numbers
	kill -9 "$dockerd_pid" $children || :
	wait "$dockerd_pid" 2>/dev/null || :
	dockerd_pid=
	sleep 0.2
	findmnt -rno TARGET | sort -r | grep "^$dir/" | xargs -r umount || :
}

# An image with busybox and its shell, from nothing that has to be fetched.
make_image() # NAME
{
	mkdir -p "$dir/image/bin"
	cp "$(command -v busybox)" "$dir/image/bin/busybox"
	ln -sf busybox "$dir/image/bin/sh"
	tar -C "$dir/image" -c . | docker import - "$1" >/dev/null
}

# COUNT running containers named PREFIX1, PREFIX2, ...
start_containers() # COUNT PREFIX IMAGE [OPTION...]
{
	many=$1 prefix=$2 image=$3
	shift 3
	for i in $(seq "$many"); do
		docker run -d --name "$prefix$i" "$@" "$image" /bin/busybox sleep 100000 >/dev/null || return
	done
}

# A recording's files as a file system: its tree, and what its meta tells of links, nodes and times.
copy_host() # RECORDING ROOT
{
	recording=$1 root=$2
	mkdir -p "$root"
	cp -r "$recording/tree/." "$root"
	awk '{ print length($1), $0 }' "$recording/meta" | sort -n | cut -d' ' -f2- | while read -r path what more; do
		mkdir -p "$root$(dirname "$path")"
		case $what in
		'->')
			[ -L "$root$path" ] || rm -rf "$root$path" # its attributes: they go where it leads to
			ln -sfn "$more" "$root$path"
			case $path in */devices/*/*) ;; */devices/*) mkdir -p "$root$(dirname "$path")/$more" ;; esac
			;;
		dir) mkdir -p "$root$path" ;;
		char) mknod -m 666 "$root$path" c "${more%%:*}" "$(echo "${more#*:}" | cut -d' ' -f1)" ;;
		file) [ -e "$root$path" ] || : >"$root$path" ;;
		esac
	done
	# Attributes of devices lie where their links lead to.
	for link in "$recording"/tree/sys/bus/*/devices/*; do
		to=$root${link#"$recording/tree"}
		[ -L "$to" ] || continue
		cp -r "$link/." "$to/"
	done
	sed -i 's/btime .*/btime '"$(($(date +%s) - 3600))"'/' "$root/proc/stat"
	rm -rf "$root/etc/docker"
}
